// @ts-check
import { ask } from './engine-api.mjs';

/**
 * Empties our own engine of what a killed run left behind. Never call it on an engine that was found: those volumes
 * belong to someone.
 * @param {string} host
 */
export async function removeLeftovers(host) {
  for (const { Id } of await ask(host, 'GET', '/containers/json?all=1')) {
    await ask(host, 'DELETE', `/containers/${Id}?force=1&v=1`, { accept: [404, 409] });
  }
  const { Volumes } = await ask(host, 'GET', '/volumes');
  for (const { Name } of Volumes ?? []) {
    await ask(host, 'DELETE', `/volumes/${encodeURIComponent(Name)}?force=1`, { accept: [404, 409, 500] });
  }
}
