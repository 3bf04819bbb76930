/* beex.h over the core as wasm2c translates it. The core's calls: docs/core-abi.md. */
#include "beex.h"

#include <string.h>

#include "core.h"

/* assembly/abi.ts */
enum { TEXT_CAPACITY = 4096 };
enum { DIMENSION_BLOCKS = 2, DIMENSION_CLASSES = 4 };

/* assembly/format.ts */
enum {
  HEADER_BYTES = 32,
  ENTRY_BYTES = 16,
  ENTRY_OFFSET = 4,
  POLICIES_SECTION = 1,
  LABELS_SECTION = 2,
  POLICIES_HEADER_BYTES = 16,
  POLICY_NAME_BYTES = 24,
  POLICY_KIND = 24,
  POLICY_ENTRY_BYTES = 32,
  LABELS_HEADER_BYTES = 4
};

/* Opened by beex_open; the import `flash.read` reads from it. */
static const beex_model *model;
static Z_core_instance_t core;
static int tokens;

/* The core's linear memory is the model's; wasm-rt.h asks for it. */
void wasm_rt_allocate_memory(wasm_rt_memory_t *memory, uint32_t pages, uint32_t most) {
  memory->data = model->memory;
  memory->size = model->memory_size;
  memory->pages = pages;
  memory->max_pages = most;
}

void wasm_rt_free_memory(wasm_rt_memory_t *memory) { memory->data = NULL; }

void wasm_rt_trap(wasm_rt_trap_t code) {
  beex_trap(code);
  for (;;) {
  }
}

__attribute__((weak)) void beex_trap(int code) {
  (void)code;
  for (;;) {
  }
}

static void read_model(uint32_t offset, void *to, uint32_t bytes) {
  if (offset > model->size || bytes > model->size - offset) wasm_rt_trap(WASM_RT_TRAP_OOB);
  if (model->read) model->read(model->context, offset, to, bytes);
  else memcpy(to, (const uint8_t *)model->bytes + offset, bytes);
}

void Z_flashZ_read(struct Z_flash_instance_t *unused, u32 offset, u32 pointer, u32 bytes) {
  const wasm_rt_memory_t *memory = &core.w2c_memory;
  (void)unused;
  if (pointer > memory->size || bytes > memory->size - pointer) wasm_rt_trap(WASM_RT_TRAP_OOB);
  read_model(offset, memory->data + pointer, bytes);
}

static uint32_t read_word(uint32_t offset) {
  uint32_t word;
  read_model(offset, &word, sizeof word);
  return word;
}

static uint32_t section_offset(uint32_t section) {
  return read_word(HEADER_BYTES + section * ENTRY_BYTES + ENTRY_OFFSET);
}

static void *at(uint32_t pointer) { return core.w2c_memory.data + pointer; }

static int open_model(const beex_model *opened, bool is_trusted) {
  /* Static data must fit before anything can be asked of the core. */
  enum { LEAST_MEMORY = 4096, MEMORY_ALIGNMENT = 16 };
  static bool is_ready;
  model = NULL;
  tokens = 0;
  if (!opened || (!opened->bytes && !opened->read) || (uintptr_t)opened->memory % MEMORY_ALIGNMENT != 0)
    return BEEX_BAD_ARGUMENT;
  if (!opened->memory || opened->memory_size < LEAST_MEMORY) return BEEX_OUT_OF_MEMORY;
  model = opened;
  memset(model->memory, 0, model->memory_size);
  if (!is_ready) Z_core_init_module();
  is_ready = true;
  Z_core_instantiate(&core, NULL);
  Z_coreZ_limitMemory(&core, model->memory_size);
  Z_coreZ_trust(&core, is_trusted);
  if (Z_coreZ_reserve(&core, model->size) == 0) return BEEX_OUT_OF_MEMORY;
  return (int)Z_coreZ_open(&core, model->size);
}

int beex_open(const beex_model *opened) { return open_model(opened, false); }

int beex_open_trusted(const beex_model *opened) { return open_model(opened, true); }

uint32_t beex_memory_bytes(void) { return Z_coreZ_memoryBytes(&core); }

static int feed(uint32_t segment, const char *text, size_t length) {
  int said = 1;
  while (length > 0 && said == 1) {
    const size_t piece = length < TEXT_CAPACITY ? length : TEXT_CAPACITY;
    memcpy(at(Z_coreZ_textPointer(&core)), text, piece);
    said = (int)Z_coreZ_feed(&core, segment, (u32)piece);
    text += piece;
    length -= piece;
  }
  return said;
}

static bool is_open(void) { return model && Z_coreZ_textPointer(&core) != 0; }

static int begin(void) {
  tokens = (int)Z_coreZ_begin(&core);
  return tokens;
}

int beex_begin(const char *text, size_t length) {
  int said;
  if (!is_open()) return BEEX_WRONG_STATE;
  Z_coreZ_clear(&core);
  said = feed(0, text, length);
  return said < 0 ? said : begin();
}

int beex_step(void) { return is_open() ? (int)Z_coreZ_step(&core) : BEEX_WRONG_STATE; }

int beex_answer(beex_result *result) {
  u32 row;
  const int exit = is_open() ? (int)Z_coreZ_exits(&core) : 0;
  if (exit < 1) return BEEX_WRONG_STATE;
  result->label = (int)Z_coreZ_label(&core);
  result->exit = exit;
  result->tokens = tokens;
  result->cut = Z_coreZ_wasCut(&core) == 1;
  result->classes = Z_coreZ_dimension(&core, DIMENSION_CLASSES);
  row = 4 * result->classes * (u32)(exit - 1);
  result->logits = at(Z_coreZ_logitsPointer(&core) + row);
  result->probabilities = at(Z_coreZ_probabilitiesPointer(&core) + row);
  result->entropies = at(Z_coreZ_entropiesPointer(&core));
  return BEEX_OK;
}

static int run(int begun, beex_result *result) {
  int said = begun;
  if (said > 0) said = (int)Z_coreZ_run(&core);
  return said < 0 ? said : beex_answer(result);
}

int beex_classify(const char *text, size_t length, const char *policy, beex_result *result) {
  const int said = policy ? beex_policy(policy) : BEEX_OK;
  return said < 0 ? said : run(beex_begin(text, length), result);
}

int beex_classify_pair(const char *a, size_t a_length, const char *b, size_t b_length, const char *policy,
                       beex_result *result) {
  int said = policy ? beex_policy(policy) : BEEX_OK;
  if (said == BEEX_OK && !is_open()) said = BEEX_WRONG_STATE;
  if (said < 0) return said;
  Z_coreZ_clear(&core);
  said = feed(0, a, a_length);
  /* No bytes of B are still a second text. */
  if (said >= 0) said = (int)Z_coreZ_feed(&core, 1, 0);
  if (said >= 0) said = feed(1, b, b_length);
  return said < 0 ? said : run(begin(), result);
}

int beex_rule(int kind, int parameter, const float *thresholds) {
  if (!is_open()) return BEEX_WRONG_STATE;
  if (thresholds && Z_coreZ_thresholdsPointer(&core) != 0) {
    const u32 blocks = Z_coreZ_dimension(&core, DIMENSION_BLOCKS);
    memcpy(at(Z_coreZ_thresholdsPointer(&core)), thresholds, 4 * blocks);
  }
  return (int)Z_coreZ_policy(&core, (u32)kind, (u32)parameter);
}

int beex_policy(const char *name) {
  uint32_t entry, left, blocks;
  if (!is_open()) return BEEX_WRONG_STATE;
  blocks = Z_coreZ_dimension(&core, DIMENSION_BLOCKS);
  if (blocks == 0) return BEEX_NO_BLOCKS;
  entry = section_offset(POLICIES_SECTION);
  left = read_word(entry);
  entry += POLICIES_HEADER_BYTES;
  for (; left > 0; left--) {
    char stored[POLICY_NAME_BYTES + 1] = {0};
    read_model(entry, stored, POLICY_NAME_BYTES);
    if (strcmp(stored, name) == 0) {
      const int kind = (int)read_word(entry + POLICY_KIND);
      const int parameter = (int)read_word(entry + POLICY_KIND + 4);
      read_model(entry + POLICY_ENTRY_BYTES, at(Z_coreZ_thresholdsPointer(&core)), 4 * blocks);
      return beex_rule(kind, parameter, NULL);
    }
    entry += POLICY_ENTRY_BYTES + 4 * blocks;
  }
  return strcmp(name, "full") == 0 ? beex_rule(BEEX_FULL, 0, NULL) : BEEX_BAD_ARGUMENT;
}

int beex_label(int label, char *to, size_t room) {
  uint32_t offset;
  uint16_t length;
  if (!is_open()) return BEEX_WRONG_STATE;
  if (label < 0 || label >= (int)Z_coreZ_dimension(&core, DIMENSION_CLASSES)) return BEEX_BAD_ARGUMENT;
  offset = section_offset(LABELS_SECTION) + LABELS_HEADER_BYTES;
  for (; label > 0; label--) {
    read_model(offset, &length, sizeof length);
    offset += 2u + length;
  }
  read_model(offset, &length, sizeof length);
  if (room > 0) {
    const size_t copied = length < room - 1 ? length : room - 1;
    read_model(offset + 2, to, (uint32_t)copied);
    to[copied] = 0;
  }
  return length;
}
