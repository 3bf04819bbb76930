/*
 * What code from wasm2c (wabt 1.0.32) needs to run: one memory that never grows, and a trap. The rest of
 * wabt's own header (tables, exceptions, signals, growing) is not here because the core uses none of it.
 */
#ifndef WASM_RT_H_
#define WASM_RT_H_

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define UNLIKELY(x) __builtin_expect(!!(x), 0)
#define LIKELY(x) __builtin_expect(!!(x), 1)
#define wasm_rt_memcpy __builtin_memcpy
#define wasm_rt_unreachable __builtin_unreachable

/* wasm2c leaves the checks out where signals do their work; BEEX_UNCHECKED leaves them to nobody. */
#ifdef BEEX_UNCHECKED
#define WASM_RT_MEMCHECK_SIGNAL_HANDLER 1
#else
#define WASM_RT_MEMCHECK_SIGNAL_HANDLER 0
#endif
/* The core does not recurse. */
#define WASM_RT_USE_STACK_DEPTH_COUNT 0

typedef enum {
  WASM_RT_TRAP_NONE,
  WASM_RT_TRAP_OOB,
  WASM_RT_TRAP_INT_OVERFLOW,
  WASM_RT_TRAP_DIV_BY_ZERO,
  WASM_RT_TRAP_INVALID_CONVERSION,
  WASM_RT_TRAP_UNREACHABLE,
  WASM_RT_TRAP_CALL_INDIRECT,
  WASM_RT_TRAP_UNCAUGHT_EXCEPTION,
  WASM_RT_TRAP_EXHAUSTION
} wasm_rt_trap_t;

typedef struct {
  uint8_t *data;
  uint32_t pages, max_pages;
  uint32_t size;
} wasm_rt_memory_t;

/* For the Makefile's change to wasm2c's own check; beex_open refuses memory of less than a page of 4 KiB. */
#define BEEX_CHECK(mem, a, t) \
  if (UNLIKELY((a) > (uint64_t)((mem)->size - (uint32_t)sizeof(t)))) wasm_rt_trap(WASM_RT_TRAP_OOB);

/* Types of functions are told apart only in tables, of which there is none. */
enum { WASM_RT_I32, WASM_RT_I64, WASM_RT_F32, WASM_RT_F64 };
#define wasm_rt_register_func_type(...) 0

/* Named in helpers that the core does not call. */
typedef void (*wasm_rt_function_ptr_t)(void);
typedef struct {
  uint32_t func_type;
  wasm_rt_function_ptr_t func;
  void *module_instance;
} wasm_rt_funcref_t;
typedef void *wasm_rt_externref_t;
static const wasm_rt_externref_t wasm_rt_externref_null_value = NULL;
typedef struct {
  wasm_rt_funcref_t *data;
  uint32_t max_size, size;
} wasm_rt_funcref_table_t;
typedef struct {
  wasm_rt_externref_t *data;
  uint32_t max_size, size;
} wasm_rt_externref_table_t;

__attribute__((noreturn)) void wasm_rt_trap(wasm_rt_trap_t);
void wasm_rt_allocate_memory(wasm_rt_memory_t *, uint32_t pages, uint32_t most);
void wasm_rt_free_memory(wasm_rt_memory_t *);

static inline bool wasm_rt_is_initialized(void) { return true; }

/*
 * Where there is no instruction for it, the compiler's own count of bits looks bytes up in a table one by
 * one; this takes about 20 instructions for 64 bits.
 */
static inline uint32_t beex_fold_bits(uint32_t x) {
  x -= (x >> 1) & 0x55555555u;
  return (x & 0x33333333u) + ((x >> 2) & 0x33333333u);
}

static inline uint64_t beex_count_bits(uint64_t x) {
  /* Sums of 4 bits hold up to 8: two words meet there, and are widened once. */
  const uint32_t sum = beex_fold_bits((uint32_t)x) + beex_fold_bits((uint32_t)(x >> 32));
  return (((sum & 0x0f0f0f0fu) + ((sum >> 4) & 0x0f0f0f0fu)) * 0x01010101u) >> 24;
}

#if !defined(__x86_64__) && !defined(__aarch64__)
#define __builtin_popcountll beex_count_bits
#endif

#endif
