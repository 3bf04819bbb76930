/* The names of ESP-IDF that the component uses, so that it can be compiled without the SDK. */
#pragma once
typedef int esp_err_t;
#define ESP_OK 0
#define ESP_ERR_NOT_FOUND 0x105
#define ESP_ERR_INVALID_CRC 0x109
