/*
 * beexformer for firmware: a text classifier whose model stays in flash.
 *
 *   beex_open(&my_model);                       // once; checks every byte of the model
 *   beex_result result;
 *   beex_classify(text, length, NULL, &result); // the model's default policy
 *
 * One model is open at a time. No malloc, no threads, no globals of yours; nothing here is reentrant.
 * Logits, entropies and exits are the same bits as on a workstation, provided that the library was compiled
 * without fused multiply-add, as its Makefile does. docs/devices.md has the walk-through.
 */
#ifndef BEEX_H
#define BEEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What calls return when they fail: negative, the numbers of assembly/abi.ts. */
enum {
  BEEX_OK = 0,
  BEEX_NOT_A_MODEL = -1,
  BEEX_UNKNOWN_VERSION = -2,
  BEEX_TRUNCATED = -3,
  BEEX_CORRUPT = -4,
  BEEX_BAD_SECTION_TABLE = -5,
  BEEX_BAD_SECTION = -6,
  BEEX_OVER_LIMIT = -7,
  BEEX_OUT_OF_MEMORY = -8, /* beex_memory_bytes() says how much it takes */
  BEEX_WRONG_STATE = -9,
  BEEX_BAD_ARGUMENT = -10,
  BEEX_NO_BLOCKS = -11,
  BEEX_NEED_ROWS = -12 /* of models that arrive in parts; here a model is there whole */
};

/* What beex_step says. */
enum { BEEX_GO_ON = 0, BEEX_STOPPED = 1 };

/* Rules for beex_rule, the numbers of PolicyKind in assembly/format.ts. */
enum {
  BEEX_FULL = 0,
  BEEX_FIXED = 1,
  BEEX_ENTROPY = 2,
  BEEX_ENTROPY_FRACTION = 3,
  BEEX_ENTROPY_PLATEAU = 4,
  BEEX_CONFIDENCE = 5,
  BEEX_PATIENCE = 6
};

/* A model file and the RAM to run it in. `beex flash --target c` writes one. */
typedef struct beex_model {
  /* The file in flash, mapped. May be NULL where `read` is given. */
  const void *bytes;
  uint32_t size;
  /* Working memory, 16-byte aligned; `beex flash` says how much the model takes. */
  void *memory;
  uint32_t memory_size;
  /* Where flash is not mapped: copies `bytes` bytes at `offset` of the file to `to`. Otherwise NULL. */
  void (*read)(void *context, uint32_t offset, void *to, uint32_t bytes);
  void *context;
} beex_model;

/* An exit's answer. The arrays lie in the model's memory and hold until the next text. */
typedef struct beex_result {
  int label;
  int exit; /* counted from 1 */
  int tokens;
  bool cut; /* the text had more tokens than the model takes */
  uint32_t classes;
  const float *logits;        /* [classes] */
  const float *probabilities; /* [classes] */
  const float *entropies;     /* [exit], in nats */
} beex_result;

/* BEEX_OK, or what is wrong with the model; BEEX_BAD_ARGUMENT for a struct that lacks something. It must stay. */
int beex_open(const beex_model *model);

/*
 * The same for a model that was checked in another way, as by a secure boot or by beex_open on an earlier
 * start: reads little more than what comes before the vocabulary. A damaged model may call beex_trap later,
 * or answer anything.
 */
int beex_open_trusted(const beex_model *model);

/* Bytes of memory that the model takes, also after BEEX_OUT_OF_MEMORY. */
uint32_t beex_memory_bytes(void);

/*
 * Classifies a text of UTF-8, under the operating point of this name from here on; NULL leaves the policy as
 * it is, which is the model's default after beex_open. BEEX_OK, or an error.
 */
int beex_classify(const char *text, size_t length, const char *policy, beex_result *result);

/* The same for a pair of texts, and a model of pairs. */
int beex_classify_pair(const char *a, size_t a_length, const char *b, size_t b_length, const char *policy,
                       beex_result *result);

/* Chooses an operating point of the model by name, or "full". BEEX_BAD_ARGUMENT when there is none. */
int beex_policy(const char *name);

/* Chooses a rule. `parameter`: depth or patience, otherwise 0. `thresholds`: one for each exit, or NULL. */
int beex_rule(int kind, int parameter, const float *thresholds);

/* Step by step: begin takes the text and gives its number of tokens; each step runs a block and its exit. */
int beex_begin(const char *text, size_t length);
int beex_step(void);
/* What the exit that was computed last says. */
int beex_answer(beex_result *result);

/* Copies a label's name, with a zero behind it, cut to `room` bytes; gives its length, or an error. */
int beex_label(int label, char *to, size_t room);

/*
 * Called where the library has found a fault of its own, such as memory that changed under it; never for bad
 * models or texts. Weak: define your own to reset. It must not return. `code` is the kind of trap.
 */
void beex_trap(int code);

#ifdef __cplusplus
}
#endif

#endif
