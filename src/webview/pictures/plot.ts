import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Format } from '../../core/format';
import { font, onPage, themeColour } from './colours';

/** What a picture draws; the rest is the same for all. */
export interface Drawing {
  data: uPlot.AlignedData;
  series: uPlot.Series[];
  /** `time`: seconds since the epoch. */
  x: { kind: 'time' | 'bytes' | 'index'; label?: ((index: number) => string) | undefined };
  y: { kind: 'duration' | 'bytes'; log?: boolean; signed?: boolean };
  height?: number;
}

/** What of its x-axis is seen. */
export interface Zoom {
  min: number;
  max: number;
}

interface Looking {
  /** As it was left; undefined: all. */
  zoom: Zoom | undefined;
  onZoom: (zoom: Zoom | undefined) => void;
  onPoint: (index: number) => void;
}

/** Draws at once, and never moves: there is no animation to be reduced. */
export function plot(target: HTMLElement, drawing: Drawing, format: Format, { zoom, onZoom, onPoint }: Looking): uPlot {
  const { data, series, x, y } = drawing;
  const grid = { stroke: onPage(themeColour('--vscode-foreground'), 0.15), width: 1 };
  const axis = { stroke: themeColour('--vscode-descriptionForeground'), font: font(), grid, ticks: grid };
  const byValue = (kind: string) => (kind === 'bytes' ? format.bytes : format.duration);
  const xValues: uPlot.Axis = {
    time: { values: (_: uPlot, splits: number[]) => timeLabels(splits, format) },
    bytes: { values: (_: uPlot, splits: number[]) => splits.map(format.bytes) },
    index: {
      values: (_: uPlot, splits: number[]) => splits.map((at) => (Number.isInteger(at) ? (x.label?.(at) ?? '') : '')),
    },
  }[x.kind];
  const options: uPlot.Options = {
    width: Math.max(200, target.clientWidth),
    height: drawing.height ?? 240,
    legend: { show: false },
    cursor: { y: false, points: { show: false }, drag: { x: x.kind !== 'index', y: false } },
    scales: {
      x: { time: x.kind === 'time', range: (_, min, max) => widened(min, max, x.kind) },
      y: y.log ? { distr: 3 } : { range: (_, min, max) => heightOf(min, max, y.signed) },
    },
    axes: [
      { ...axis, ...xValues, space: 90 },
      {
        ...axis,
        size: 72,
        // Of a logarithmic scale only the powers of ten are labelled, and have lines.
        ...(y.log && { grid: { ...grid, filter: onlyPowers }, ticks: { ...grid, filter: onlyPowers } }),
        values: (_, splits) => splits.map((value) => (value === null ? '' : signed(value, byValue(y.kind)))),
      },
    ],
    series: [{}, ...series],
    hooks: {
      setCursor: [
        ({ cursor: { idx } }) => {
          if (idx !== null && idx !== undefined) onPoint(idx);
        },
      ],
      setScale: [
        ({ scales, data: [xs] }, name) => {
          const { min = null, max = null } = scales['x'] ?? {};
          if (name !== 'x' || min === null || max === null) return;
          onZoom(min <= xs[0]! && max >= xs.at(-1)! ? undefined : { min, max });
        },
      ],
    },
  };
  const made = new uPlot(options, data, target);
  if (zoom) made.setScale('x', zoom);
  return made;
}

/** A point at the edge is seen whole, and one alone is in the middle. */
function widened(min: number, max: number, kind: Drawing['x']['kind']): [number, number] {
  if (kind === 'index') return [min - 0.5, max + 0.5];
  const room = max > min ? (max - min) * 0.02 : kind === 'time' ? 3_600 : Math.max(1, max * 0.1);
  return [kind === 'bytes' && min >= 0 ? Math.min(0, min) : min - room, max + room];
}

function heightOf(min: number, max: number, signed = false): [number, number] {
  const top = Math.max(1, max) * 1.05;
  return signed ? [Math.min(-1, min * 1.05), top] : [0, top];
}

function onlyPowers(_: uPlot, splits: number[]): (number | null)[] {
  return splits.map((value) => (Number.isInteger(Math.log10(value)) ? value : null));
}

function signed(value: number, words: (value: number) => string): string {
  return value < 0 ? `−${words(-value)}` : words(value);
}

function timeLabels(splits: readonly number[], format: Format): string[] {
  const now = new Date();
  return splits.map((seconds) => format.moment(new Date(seconds * 1_000), now));
}

/** Only points, which are seen against every background. */
export function points(colour: string, size = 6, hollow = false): uPlot.Series {
  return {
    stroke: colour,
    paths: () => null,
    points: { show: true, size, fill: hollow ? 'transparent' : colour, stroke: colour, width: 1 },
  };
}
