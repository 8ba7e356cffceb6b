export { connectEngine, type ConnectOptions } from './connectEngine';
export { DockerEngine } from './dockerEngine';
export type { AgentFiles } from './agentImage';
export type { PullProgress } from './pullImage';
export type { StartSession } from './helper/openHelper';
export { startWatchdog, type WatchdogOptions } from './watchdog/spawn';
