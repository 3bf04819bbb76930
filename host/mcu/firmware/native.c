/* The workstation as a board: no count of instructions, no painted stack. */
#include <stdio.h>
#include <stdlib.h>

#include "board.h"

void board_print(const char *text) { fputs(text, stdout); }

void board_exit(int code) { exit(code); }

uint32_t board_instructions(void) { return 0; }

uint32_t board_since(uint32_t start) { return start; }

uint32_t board_stack_used(void) { return 0; }
