/* room.c - keeps the library from being empty until its files exist. */
extern int alcove_room_models;
int alcove_room_models;
