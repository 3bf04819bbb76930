/**
 * What the command asks of its host: WASI preview 1, declared by hand, only what is called. The module
 * that the imports are of is named by this file. Results are an errno, 0 for success.
 */

/** u32 number of arguments to `count`, u32 bytes of all of them, a zero behind each, to `bytes`. */
export declare function args_sizes_get(count: usize, bytes: usize): i32;
/** Pointers to the arguments to u32[count] at `pointers`, the arguments to `buffer`. */
export declare function args_get(pointers: usize, buffer: usize): i32;
/** u64 nanoseconds to `time`. */
export declare function clock_time_get(clock: i32, precision: u64, time: usize): i32;
export declare function fd_close(descriptor: i32): i32;
/** u8 kind and u32 length of the name, at 4, to `prestat`. */
export declare function fd_prestat_get(descriptor: i32, prestat: usize): i32;
export declare function fd_prestat_dir_name(descriptor: i32, name: usize, bytes: i32): i32;
/** `vectors`: pairs of u32 pointer and u32 length; u32 bytes read to `read`. */
export declare function fd_read(descriptor: i32, vectors: usize, count: i32, read: usize): i32;
export declare function fd_write(descriptor: i32, vectors: usize, count: i32, written: usize): i32;
/** u32 descriptor to `opened`. */
export declare function path_open(
  directory: i32,
  lookup: i32,
  path: usize,
  bytes: i32,
  open: i32,
  rights: u64,
  inherited: u64,
  flags: i32,
  opened: usize,
): i32;
export declare function proc_exit(code: i32): void;
