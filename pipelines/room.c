/* room.c - keeps the library from being empty until its files exist. */
extern int alcove_room_pipelines;
int alcove_room_pipelines;
