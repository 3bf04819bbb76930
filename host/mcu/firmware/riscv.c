/*
 * RISC-V in qemu, on picolibc: its start and its semihosting. `-icount` counts instructions, which the core
 * counts itself in instret.
 */
#include <stdio.h>
#include <stdlib.h>

#include "board.h"

/* picolibc's linker script: the stack is the end of RAM. */
extern char __heap_end[], __stack[];
enum { PAINT = 0xa5, KEEP_BYTES = 256 };

void board_print(const char *text) { fputs(text, stdout); }

void board_exit(int code) { exit(code); }

uint32_t board_instructions(void) {
  uint32_t count;
  __asm volatile("rdinstret %0" : "=r"(count));
  return count;
}

uint32_t board_since(uint32_t start) { return board_instructions() - start; }

__attribute__((constructor)) static void paint(void) {
  const char *here = __builtin_frame_address(0);
  for (volatile char *to = __heap_end; to < here - KEEP_BYTES; to++) *to = (char)PAINT;
}

uint32_t board_stack_used(void) {
  const char *at = __heap_end;
  while (at < __stack && *at == (char)PAINT) at++;
  return (uint32_t)(__stack - at);
}
