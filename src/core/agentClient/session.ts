import type { AgentMethod, AgentMethods, Progress } from '../agentProtocol';

export interface RequestOptions {
  signal: AbortSignal;
  onProgress?: (progress: Progress) => void;
  /** Takes the data that the agent sends, piece by piece; it sends no more while this is pending. What it rejects with ends the request. */
  onData?: (bytes: Uint8Array) => Promise<void>;
  /** What the agent gets besides, piece by piece as it asks for it. What it rejects with ends the request. */
  input?: AsyncIterator<Uint8Array>;
}

/** A running agent. Disposal ends it and removes its helper, whatever state it is in. */
export interface AgentSession extends AsyncDisposable {
  /**
   * Rejects with the agent's `Failure`, with `Cancelled`, or with `agentLost` when it ended without an answer.
   * Cancel stops the agent's work cleanly, but a critical section is finished first and its result returned.
   */
  request<M extends AgentMethod>(
    method: M,
    params: AgentMethods[M]['params'],
    options: RequestOptions,
  ): Promise<AgentMethods[M]['result']>;
  /** Says good-bye and waits for the confirmation and exit code 0; rejects with agentLost without both. */
  finish(): Promise<void>;
}

/** The two pipes of an agent and its end, wherever it runs. */
export interface AgentTransport {
  /** Resolves when the bytes are accepted (back-pressure). */
  write(bytes: Uint8Array): Promise<void>;
  output: AsyncIterable<Uint8Array>;
  /** Exit code, once it ended. */
  exited: Promise<number>;
  /** The last lines of its stderr, for the log. */
  stderrTail?(): string;
  log?(line: string): void;
  /** Ends the agent and removes what it ran in. Idempotent. */
  dispose(): Promise<void>;
}
