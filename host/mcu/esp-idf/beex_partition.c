/* beex_partition.h by esp_partition_mmap: the model stays in flash, and the cache brings what is read. */
#include "beex_partition.h"

#include <string.h>

#include "esp_partition.h"

/* docs/model-file.md: the header's magic, and the file's length. */
enum { MAGIC = 0x58454542, MAGIC_OFFSET = 0, LENGTH_OFFSET = 8, HEADER_BYTES = 32 };

static uint32_t word_at(const void *bytes, size_t offset) {
  uint32_t word;
  memcpy(&word, (const char *)bytes + offset, sizeof word);
  return word;
}

esp_err_t beex_open_partition(const char *name, void *memory, size_t memory_size, int *status) {
  static esp_partition_mmap_handle_t handle;
  static beex_model model;
  const void *mapped;
  const esp_partition_t *partition =
      esp_partition_find_first(ESP_PARTITION_TYPE_DATA, ESP_PARTITION_SUBTYPE_ANY, name);
  *status = BEEX_NOT_A_MODEL;
  if (!partition || partition->size < HEADER_BYTES) return ESP_ERR_NOT_FOUND;
  if (model.bytes) {
    esp_partition_munmap(handle);
    model.bytes = NULL;
  }
  const esp_err_t error =
      esp_partition_mmap(partition, 0, partition->size, ESP_PARTITION_MMAP_DATA, &mapped, &handle);
  if (error != ESP_OK) return error;
  model.bytes = mapped;
  model.size = word_at(mapped, LENGTH_OFFSET);
  model.memory = memory;
  model.memory_size = memory_size;
  if (word_at(mapped, MAGIC_OFFSET) != MAGIC) return ESP_ERR_INVALID_CRC;
  *status = model.size <= partition->size ? beex_open(&model) : BEEX_TRUNCATED;
  return *status == BEEX_OK ? ESP_OK : ESP_ERR_INVALID_CRC;
}
