/* Calls of beex.h that the boards' firmware does not make; prints what test/mcu/api.test.ts expects. */
#include <stdio.h>
#include <string.h>

#include "beex.h"
#include "model.h"

static int reads;

static void read_slowly(void *context, uint32_t offset, void *to, uint32_t bytes) {
  reads++;
  memcpy(to, (const char *)context + offset, bytes);
}

static void print_result(int status, const beex_result *result) {
  if (status != BEEX_OK) {
    printf("status %d\n", status);
    return;
  }
  printf("label %d exit %d tokens %d cut %d classes %u", result->label, result->exit, result->tokens,
         result->cut, (unsigned)result->classes);
  for (unsigned k = 0; k < result->classes; k++) printf(" %a", result->probabilities[k]);
  printf(" %a\n", result->entropies[result->exit - 1]);
}

int main(void) {
  static char copy[MODEL_BYTES];
  beex_result result;
  char name[6];
  const float thresholds[MODEL_BLOCKS] = {2, 2};

  print_result(beex_classify("early", 5, NULL, &result), &result);
  beex_model tight = model;
  tight.memory_size = 4096;
  printf("tight %d", beex_open(&tight));
  printf(" needs %u of %d\n", (unsigned)beex_memory_bytes(), MODEL_MEMORY_BYTES);

  beex_model askew = model;
  askew.memory = (char *)model.memory + 4;
  beex_model empty = model;
  empty.bytes = NULL;
  printf("bad %d %d %d", beex_open(&askew), beex_open(&empty), beex_open(NULL));
  printf(" step %d\n", beex_step());

  memcpy(copy, model.bytes, MODEL_BYTES);
  copy[MODEL_BYTES / 2] ^= 4;
  beex_model bent = model;
  bent.bytes = copy;
  printf("bent %d", beex_open(&bent));
  printf(" step %d answer %d label %d\n", beex_step(), beex_answer(&result), beex_label(0, name, sizeof name));
  printf("trusted %d", beex_open_trusted(&bent));
  printf(" checked %d\n", beex_open(&bent));
  copy[MODEL_BYTES / 2] ^= 4;

  beex_model unmapped = model;
  unmapped.bytes = NULL;
  unmapped.read = read_slowly;
  unmapped.context = copy;
  printf("unmapped %d\n", beex_open(&unmapped));
  printf("step %d\n", beex_step());
  print_result(beex_classify_pair("a boat", 6, "a ship", 6, NULL, &result), &result);
  print_result(beex_classify_pair("", 0, "second only", 11, "full", &result), &result);
  print_result(beex_classify("alone", 5, "fast", &result), &result);
  print_result(beex_classify("alone", 5, "none", &result), &result);
  printf("rule %d\n", beex_rule(BEEX_ENTROPY_FRACTION, 0, thresholds));
  print_result(beex_classify("alone", 5, NULL, &result), &result);
  printf("rule %d %d\n", beex_rule(BEEX_FIXED, MODEL_BLOCKS + 1, NULL), beex_rule(9, 0, NULL));
  printf("label %d", beex_label(1, name, sizeof name));
  printf(" %s %d %d\n", name, beex_label(0, NULL, 0), beex_label(MODEL_CLASSES, name, sizeof name));
  printf("read %d\n", reads > 100);
  return 0;
}
