/* limits.h - the bounds that several rooms share. Each is far above real use and far below harm. */
#ifndef ALCOVE_BASE_LIMITS_H
#define ALCOVE_BASE_LIMITS_H

#define DOCUMENT_BYTES_MAX (256u << 20)  /* ingest.max_bytes may not ask for more */
#define DOCUMENT_ID_BYTES_MAX 4096u      /* a path or the id of an NDJSON line */
#define SPANS_MAX (4u << 20)             /* findings of one document */
#define LABELS_MAX 256u                  /* labels of one classify step */
#define LABEL_BYTES_MAX 200u
#define STEPS_MAX 32u
#define THREADS_MAX 256u

#endif
