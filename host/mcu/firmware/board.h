/* What main.c asks of a board: a line out, an end, a count of instructions, the depth of its stack. */
#ifndef BOARD_H
#define BOARD_H

#include <stdint.h>

void board_print(const char *text);
void board_exit(int code) __attribute__((noreturn));

/* A clock that counts emulated instructions, to within a tick of the board's. */
uint32_t board_instructions(void);
uint32_t board_since(uint32_t start);

/* Bytes of stack that were touched since reset: it was painted then. */
uint32_t board_stack_used(void);

#endif
