/*
 * The firmware that CI runs on emulated boards: classifies every text of texts.h exit by exit, and prints
 * each number's bits, so that a workstation can hold them against its own.
 *
 *   text NUMBER TOKENS
 *   exit NUMBER LABEL INSTRUCTIONS ENTROPY LOGIT...      under the policy "full"; floats as hexadecimal bits
 *   answer LABEL EXIT                                    under the model's default policy
 *   trusted INSTRUCTIONS / open INSTRUCTIONS / stack BYTES / memory BYTES
 */
#include <string.h>

#include "beex.h"
#include "board.h"
#include "model.h"
#include "texts.h"

static void print_number(const char *before, uint32_t value) {
  char digits[11];
  int at = sizeof digits - 1;
  digits[at] = 0;
  do digits[--at] = (char)('0' + value % 10);
  while (value /= 10);
  board_print(before);
  board_print(digits + at);
}

static void print_bits(float value) {
  uint32_t bits;
  char digits[10] = " ";
  memcpy(&bits, &value, sizeof bits);
  for (int i = 0; i < 8; i++) digits[1 + i] = "0123456789abcdef"[(bits >> (28 - 4 * i)) & 15];
  board_print(digits);
}

static void fail(const char *what, int status) {
  print_number(what, (uint32_t)-status);
  board_exit(1);
}

void beex_trap(int code) { fail("trap -", -code); }

static void print_exit(uint32_t instructions) {
  beex_result result;
  if (beex_answer(&result) != BEEX_OK) fail("answer -", 1);
  print_number("exit ", (uint32_t)result.exit);
  print_number(" ", (uint32_t)result.label);
  print_number(" ", instructions);
  print_bits(result.entropies[result.exit - 1]);
  for (uint32_t k = 0; k < result.classes; k++) print_bits(result.logits[k]);
  board_print("\n");
}

static void run_through(const char *text) {
  int said = BEEX_GO_ON;
  beex_policy("full");
  uint32_t start = board_instructions();
  int tokens = beex_begin(text, strlen(text));
  if (tokens < 0) fail("begin -", tokens);
  print_number(" ", (uint32_t)tokens);
  print_number(" ", board_since(start));
  board_print("\n");
  while (said == BEEX_GO_ON) {
    start = board_instructions();
    said = beex_step();
    if (said < 0) fail("step -", said);
    print_exit(board_since(start));
  }
}

int main(void) {
  beex_result result;
  uint32_t start = board_instructions();
  int status = beex_open_trusted(&model);
  if (status != BEEX_OK) fail("trusted -", status);
  print_number("trusted ", board_since(start));
  start = board_instructions();
  status = beex_open(&model);
  if (status != BEEX_OK) fail("open -", status);
  print_number("\nopen ", board_since(start));
  print_number("\nmemory ", beex_memory_bytes());
  board_print("\n");
  for (uint32_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    print_number("text ", i);
    run_through(texts[i]);
    status = beex_classify(texts[i], strlen(texts[i]), MODEL_DEFAULT_POLICY, &result);
    if (status != BEEX_OK) fail("classify -", status);
    print_number("answer ", (uint32_t)result.label);
    print_number(" ", (uint32_t)result.exit);
    board_print("\n");
  }
  print_number("stack ", board_stack_used());
  board_print("\n");
  return 0;
}
