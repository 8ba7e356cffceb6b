import type { AgentError } from '../agentProtocol';
import { Cancelled, Failure } from '../failure';

/** What the agent said went wrong, as the error that the host throws for it. */
export function fromAgent(error: AgentError): Error {
  switch (error.kind) {
    case 'cancelled':
      return new Cancelled();
    case 'failure': {
      const failure = new Failure(error.code, error.details);
      if (error.step) failure.step = error.step;
      return failure;
    }
    case 'bug':
      return new Failure('agentFailed', { message: error.message }, { cause: error.stack });
  }
}
