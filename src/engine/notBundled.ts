/**
 * Stands in (esbuild.js) for packages of dockerode and docker-modem that we never reach: gRPC and protobuf serve sessions
 * of image builds, tar-fs and dockerignore pack the context of one, and for ssh we run the system's own (sshAgent.ts).
 */
export = {};
