/*
 * The flash build as C: reads cases from standard input, and prints every exit's numbers as their bits.
 *
 *   a case   u32 bytes of the file, the file, u32 texts, then per text: u32 bytes of A, A, u32 bytes of B, B;
 *            bytes of B are 0xffffffff where there is none
 *   a line   an exit: ENTROPY LOGITS PROBABILITIES |, and at the end EXIT LABEL by the file's own policy
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "beex.h"

static _Alignas(16) unsigned char memory[8 << 20];

static void fail(const char *what, int status) {
  fprintf(stderr, "%s: %d\n", what, status);
  exit(1);
}

void beex_trap(int code) { fail("trap", code); }

static uint32_t read_word(int *is_end) {
  uint32_t word = 0;
  if (fread(&word, 4, 1, stdin) != 1) {
    if (!is_end) fail("input", -1);
    *is_end = 1;
  }
  return word;
}

static void *read_bytes(uint32_t bytes) {
  void *to = malloc(bytes + 1);
  if (!to || fread(to, 1, bytes, stdin) != bytes) fail("input", -2);
  return to;
}

static void print_floats(const float *values, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    uint32_t bits;
    memcpy(&bits, values + i, 4);
    if (values[i] != values[i]) printf("NaN ");
    else printf("%x ", bits);
  }
}

static void print_exit(void) {
  beex_result result;
  int status = beex_answer(&result);
  if (status != BEEX_OK) fail("answer", status);
  print_floats(result.entropies + result.exit - 1, 1);
  print_floats(result.logits, result.classes);
  print_floats(result.probabilities, result.classes);
  printf("| ");
}

/* Exit by exit under "full" where there is one text; by the file's own policy for pairs, too. */
static void run(const char *a, uint32_t a_bytes, const char *b, uint32_t b_bytes) {
  beex_result result;
  int status;
  if (b) {
    status = beex_classify_pair(a, a_bytes, b, b_bytes, "full", &result);
    if (status != BEEX_OK) fail("pair", status);
    print_exit();
    status = beex_classify_pair(a, a_bytes, b, b_bytes, "balanced", &result);
  } else {
    int said = BEEX_GO_ON;
    beex_policy("full");
    status = beex_begin(a, a_bytes);
    if (status < 0) fail("begin", status);
    while (said == BEEX_GO_ON) {
      said = beex_step();
      if (said < 0) fail("step", said);
      print_exit();
    }
    status = beex_classify(a, a_bytes, "balanced", &result);
  }
  if (status != BEEX_OK) fail("classify", status);
  printf("%d %d\n", result.exit, result.label);
}

int main(void) {
  for (;;) {
    int is_end = 0;
    beex_model model = {.memory = memory, .memory_size = sizeof memory};
    model.size = read_word(&is_end);
    if (is_end) return 0;
    model.bytes = read_bytes(model.size);
    int status = beex_open(&model);
    if (status != BEEX_OK) fail("open", status);
    for (uint32_t texts = read_word(NULL); texts > 0; texts--) {
      uint32_t a_bytes = read_word(NULL);
      char *a = read_bytes(a_bytes);
      uint32_t b_bytes = read_word(NULL);
      char *b = b_bytes == 0xffffffff ? NULL : read_bytes(b_bytes);
      run(a, a_bytes, b, b_bytes);
      free(a);
      free(b);
    }
    free((void *)model.bytes);
  }
}
