/** Bulk data of one request, beside its parameters and its result: frames of type `data`, in both directions. */
export interface HostData {
  /** Resolves when most of it is on its way: whoever waits for that holds no more than a moment's worth in memory. */
  send(bytes: Uint8Array): Promise<void>;
}
