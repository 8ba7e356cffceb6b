// @ts-check
import { ask, send } from './engine-api.mjs';

/**
 * @typedef {object} ContainerSpec
 * @property {string} image
 * @property {string[]} command
 * @property {Record<string, string>} [volumes] where they are mounted, by name; `:ro` at the end of the path is understood
 * @property {Record<string, string>} [labels]
 */

/**
 * Starts a container without a network. The caller removes it.
 * @param {string} host as in DOCKER_HOST
 * @param {ContainerSpec & { name: string, start?: boolean }} spec
 * @returns {Promise<string>} its id
 */
export async function startContainer(host, { name, start = true, ...spec }) {
  const { Id } = await create(host, spec, `?name=${encodeURIComponent(name)}`);
  if (start) {
    await ask(host, 'POST', `/containers/${Id}/start`);
  }
  return Id;
}

/**
 * Runs a container to its end and removes it.
 * @param {string} host
 * @param {ContainerSpec} spec
 * @returns {Promise<string>} what it printed to stdout
 */
export async function runInContainer(host, spec) {
  const { Id } = await create(host, spec);
  try {
    await ask(host, 'POST', `/containers/${Id}/start`);
    const { StatusCode } = await ask(host, 'POST', `/containers/${Id}/wait`);
    const { stdout, stderr } = await readLogs(host, Id);
    if (StatusCode !== 0) {
      throw new Error(
        `${spec.command.slice(0, 2).join(' ')} in ${spec.image} ended with ${StatusCode}: ${stderr || stdout}`,
      );
    }
    return stdout;
  } finally {
    await removeContainer(host, Id);
  }
}

/**
 * Runs a command in a running container. Other than a container of its own it changes nothing that a list of containers
 * shows.
 * @param {string} host
 * @param {string} container
 * @param {string[]} command
 * @returns {Promise<string>} what it printed to stdout
 */
export async function execInContainer(host, container, command) {
  const { Id } = await ask(host, 'POST', `/containers/${encodeURIComponent(container)}/exec`, {
    json: { Cmd: command, AttachStdout: true, AttachStderr: true },
  });
  const { stdout, stderr } = await demultiplex(
    await send(host, 'POST', `/exec/${Id}/start`, { json: { Detach: false, Tty: false } }),
  );
  const { ExitCode } = await ask(host, 'GET', `/exec/${Id}/json`);
  if (ExitCode !== 0) {
    throw new Error(`${command.slice(0, 2).join(' ')} ended with ${ExitCode}: ${stderr || stdout}`);
  }
  return stdout;
}

/** One that is gone already is no error. @param {string} host @param {string} id or name */
export async function removeContainer(host, id) {
  await ask(host, 'DELETE', `/containers/${encodeURIComponent(id)}?force=1&v=1`, { accept: [404, 409] });
}

/** @param {string} host @param {ContainerSpec} spec */
function create(host, { image, command, volumes = {}, labels = {} }, query = '') {
  return ask(host, 'POST', `/containers/create${query}`, {
    json: {
      Image: image,
      Entrypoint: [],
      Cmd: command,
      Labels: labels,
      HostConfig: {
        NetworkMode: 'none',
        Binds: Object.entries(volumes).map(([volume, path]) => `${volume}:${path}`),
        Init: false,
      },
    },
  });
}

/** @param {string} host @param {string} id */
async function readLogs(host, id) {
  return demultiplex(await send(host, 'GET', `/containers/${id}/logs?stdout=1&stderr=1`));
}

/**
 * Frames of an 8-byte header (stream, length) and bytes, as the API says for containers without a terminal.
 * @param {AsyncIterable<Buffer>} stream
 */
async function demultiplex(stream) {
  const chunks = [];
  for await (const chunk of stream) {
    chunks.push(chunk);
  }
  const bytes = Buffer.concat(chunks);
  const streams = { stdout: /** @type {Buffer[]} */ ([]), stderr: /** @type {Buffer[]} */ ([]) };
  for (let at = 0; at < bytes.length;) {
    const length = bytes.readUInt32BE(at + 4);
    streams[bytes[at] === 2 ? 'stderr' : 'stdout'].push(bytes.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  return { stdout: Buffer.concat(streams.stdout).toString(), stderr: Buffer.concat(streams.stderr).toString() };
}
