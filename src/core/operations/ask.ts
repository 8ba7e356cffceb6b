import type { AgentSession, RequestOptions } from '../agentClient/session';
import type { AgentMethod, AgentMethods } from '../agentProtocol';
import type { Run } from './run';

/** A request to the agent on behalf of a run: cancelled with it, and its progress shown there. */
export function ask<M extends AgentMethod>(
  helper: AgentSession,
  method: M,
  params: AgentMethods[M]['params'],
  run: Run,
  options: Partial<RequestOptions> = {},
): Promise<AgentMethods[M]['result']> {
  const { signal } = run;
  return helper.request(method, params, { signal, onProgress: (progress) => run.progress(progress), ...options });
}
