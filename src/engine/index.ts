export { connectEngine, type ConnectOptions, type EngineChoice } from './connectEngine';
export { dockerContexts, type DockerContext } from './dockerContexts';
export { DockerEngine } from './dockerEngine';
export type { AgentFiles } from './agentImage';
export type { PullProgress } from './pullImage';
export type { StartSession } from './helper/openHelper';
export { startWatchdog, type WatchdogOptions } from './watchdog/spawn';
