/* Opens a model that lies in a partition of its own. */
#pragma once

#include "beex.h"
#include "esp_err.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Maps the data partition of this name and opens the model in it. ESP_OK; ESP_ERR_NOT_FOUND without such a
 * partition; ESP_ERR_INVALID_CRC, with *status telling why, for a partition that holds no sound model; or the
 * error of mapping it. `memory` is 16-byte aligned RAM of `memory_size` bytes.
 */
esp_err_t beex_open_partition(const char *name, void *memory, size_t memory_size, int *status);

#ifdef __cplusplus
}
#endif
