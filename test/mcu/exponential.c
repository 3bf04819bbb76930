/* What one exp of docs/arithmetic.md takes: prints "exp INSTRUCTIONS BITS", a sum of them to hold against Node. */
#include <string.h>

#include "board.h"

enum { TIMES = 1000 };

__attribute__((noinline)) static float beex_exp(float x) {
  const float z = (x > -60.0f ? x : -60.0f) * 1.44269504088896341f;
  const float t = z + 12582912.0f;
  const float r = z - (t - 12582912.0f);
  float p = 0.0011125507298856974f * r + 0.009666282683610916f;
  p = p * r + 0.05557400360703468f;
  p = p * r + 0.24022351205348969f;
  p = p * r + 0.693142831325531f;
  p = p * r + 1.0f;
  uint32_t bits, shift;
  memcpy(&bits, &p, sizeof bits);
  memcpy(&shift, &t, sizeof shift);
  bits += shift << 23;
  memcpy(&p, &bits, sizeof bits);
  return p;
}

static void print_number(uint32_t value) {
  char digits[11];
  int at = sizeof digits - 1;
  digits[at] = 0;
  do digits[--at] = (char)('0' + value % 10);
  while (value /= 10);
  board_print(digits + at);
}

int main(void) {
  float xs[8], sum = 0;
  for (int i = 0; i < 8; i++) xs[i] = -0.37f * (float)(i * i);
  const uint32_t start = board_instructions();
  for (int i = 0; i < TIMES; i++) sum += beex_exp(xs[i & 7]);
  const uint32_t taken = board_since(start);
  uint32_t bits;
  memcpy(&bits, &sum, sizeof bits);
  board_print("exp ");
  print_number(taken / TIMES);
  board_print(" ");
  print_number(bits);
  board_print("\n");
  return 0;
}
