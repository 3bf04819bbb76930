/* The translated core's own loads and stores at the end of memory: which addresses trap. */
#include <setjmp.h>
#include <stdio.h>

#include "core.c"

static jmp_buf trapped;

void wasm_rt_trap(wasm_rt_trap_t code) { longjmp(trapped, code); }

void wasm_rt_allocate_memory(wasm_rt_memory_t *memory, uint32_t pages, uint32_t most) {
  (void)memory, (void)pages, (void)most;
}

void wasm_rt_free_memory(wasm_rt_memory_t *memory) { (void)memory; }

void Z_flashZ_read(struct Z_flash_instance_t *unused, u32 offset, u32 pointer, u32 bytes) {
  (void)unused, (void)offset, (void)pointer, (void)bytes;
}

enum { SIZE = 4096 };

#define TRY(action) (setjmp(trapped) == 0 ? ((void)(action), '.') : 'T')

int main(void) {
  static uint8_t bytes[SIZE];
  static wasm_rt_memory_t memory = {bytes, 1, 1, SIZE};
  for (volatile uint64_t at = SIZE - 9; at <= SIZE; at++) {
    putchar(TRY(i32_load8_u(&memory, at)));
    putchar(TRY(i32_load16_u(&memory, at)));
    putchar(TRY(f32_load(&memory, at)));
    putchar(TRY(i64_load(&memory, at)));
    putchar(TRY(i32_store8(&memory, at, 1)));
    putchar(TRY(i64_store(&memory, at, 1)));
    putchar(' ');
  }
  /* Addresses that would wrap in 32 bits. */
  putchar(TRY(i32_load(&memory, 0xfffffffcu)));
  putchar(TRY(i32_load(&memory, (uint64_t)0xffffffffu + 4)));
  putchar(TRY(i64_store(&memory, (uint64_t)0xffffffffu + 0xffffffffu, 1)));
  putchar('\n');
  return 0;
}
