/*
 * Cortex-M in qemu: reset, the painted stack, output by semihosting, and SysTick as a count of instructions.
 * Under `-icount shift=0` an instruction takes 1 ns of the board's time, and SysTick counts the processor
 * clock: BOARD_TICK instructions a tick.
 */
#include "board.h"

extern uint32_t stack_start[], stack_end[], data_load[], data_start[], data_end[], bss_start[], bss_end[];
int main(void);

enum { PAINT = 0xa5a5a5a5 };
/* ARM's semihosting operations. */
enum { SYS_WRITE0 = 0x04, SYS_EXIT_EXTENDED = 0x20, STOPPED_BY_APPLICATION = 0x20026 };

static void semihost(uint32_t operation, const void *argument) {
  register uint32_t r0 __asm("r0") = operation;
  register const void *r1 __asm("r1") = argument;
  __asm volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
}

void board_print(const char *text) { semihost(SYS_WRITE0, text); }

void board_exit(int code) {
  const uint32_t arguments[2] = {STOPPED_BY_APPLICATION, (uint32_t)code};
  semihost(SYS_EXIT_EXTENDED, arguments);
  for (;;) {
  }
}

static volatile uint32_t *const systick = (volatile uint32_t *)0xe000e010;
static const uint32_t SYSTICK_MOST = 0xffffff;

uint32_t board_instructions(void) { return systick[2]; }

/* It counts down. */
uint32_t board_since(uint32_t start) { return ((start - systick[2]) & SYSTICK_MOST) * BOARD_TICK; }

uint32_t board_stack_used(void) {
  const uint32_t *at = stack_start;
  while (at < stack_end && *at == (uint32_t)PAINT) at++;
  return (uint32_t)((const char *)stack_end - (const char *)at);
}

static void fault(void) {
  board_print("fault\n");
  board_exit(2);
}

void reset(void) {
#ifdef __ARM_FP
  volatile uint32_t *const coprocessors = (volatile uint32_t *)0xe000ed88;
  *coprocessors |= 0xfu << 20;
  __asm volatile("dsb; isb");
#endif
  const uint32_t *from = data_load;
  for (uint32_t *to = data_start; to < data_end;) *to++ = *from++;
  for (uint32_t *to = bss_start; to < bss_end;) *to++ = 0;
  uint32_t here;
  for (volatile uint32_t *to = stack_start; to < &here - 8; to++) *to = (uint32_t)PAINT;
  systick[1] = SYSTICK_MOST;
  systick[2] = 0;
  systick[0] = 5; /* on, processor clock */
  board_exit(main());
}

__attribute__((section(".vectors"), used)) static void *const vectors[16] = {
    stack_end, reset, fault, fault, fault, fault, fault,
};
