// Makes services/api/assets/world.svg: the world's land for the maps of places, small enough to be sent to every reader once.
//
//   npm install --no-save world-atlas@2.0.2
//   node deploy/world/world.mjs node_modules/world-atlas/land-50m.json services/api/assets/world.svg
//
// The land is Natural Earth's, 1:50m (public domain), in the packaging of world-atlas (ISC). The scale of 1:110m would be smaller, but it
// has no Balearic and no Canary Islands. Borders are left out: several are in dispute, and a desk's map takes no side.
import { readFileSync, writeFileSync } from "node:fs";

// Units a degree in the file; what is smaller than this, in square degrees, is neither a bend nor an island.
const UNITS = 10;
const BEND = 0.05;
const ISLAND = 0.03;

const [source, target] = process.argv.slice(2);
if (!target) throw new Error("say where the land is and where the map goes: world.mjs land-50m.json world.svg");
const topology = JSON.parse(readFileSync(source, "utf8"));

// TopoJSON: arcs are differences of quantised positions; ~n is arc n backwards.
const { scale, translate } = topology.transform;
const arcs = topology.arcs.map((arc) => {
  let [x, y] = [0, 0];
  return arc.map(([dx, dy]) => [(x += dx) * scale[0] + translate[0], (y += dy) * scale[1] + translate[1]]);
});
const ring = (indices) => indices.flatMap((index) => (index < 0 ? [...arcs[~index]].reverse() : arcs[index]).slice(1));
const polygons = (geometry) => {
  if (geometry.type === "GeometryCollection") return geometry.geometries.flatMap(polygons);
  return geometry.type === "Polygon" ? [geometry.arcs] : geometry.arcs;
};

const triangle = ([ax, ay], [bx, by], [cx, cy]) => Math.abs((bx - ax) * (cy - ay) - (cx - ax) * (by - ay)) / 2;
const area = (points) => Math.abs(points.reduce((sum, [x, y], i) => {
  const [nx, ny] = points[(i + 1) % points.length];
  return sum + x * ny - nx * y;
}, 0)) / 2;

// Visvalingam and Whyatt: the point whose triangle with its neighbours is least goes first.
const simplified = (points) => {
  const left = [...points];
  const shrunk = ([, y]) => Math.max(Math.cos((y * Math.PI) / 180), 0.2);
  for (;;) {
    let least = BEND;
    let at = -1;
    for (let i = 0; i < left.length && left.length > 4; i++) {
      const size = triangle(left.at(i - 1), left[i], left[(i + 1) % left.length]) * shrunk(left[i]);
      if (size < least) [least, at] = [size, i];
    }
    if (at < 0) return left;
    left.splice(at, 1);
  }
};

const rings = topology.objects.land && polygons(topology.objects.land).flat().map(ring);
const paths = rings.filter((points) => area(points) >= ISLAND).map(simplified).map((points) => {
  const whole = points.map(([x, y]) => [Math.round(x * UNITS), Math.round(-y * UNITS)]);
  const steps = whole.filter(([x, y], i) => i === 0 || x !== whole[i - 1][0] || y !== whole[i - 1][1]);
  const written = steps.slice(1).map(([x, y], i) => `${x - steps[i][0]} ${y - steps[i][1]}`);
  return `M${steps[0].join(" ")}l${written.join(" ")}z`.replaceAll(" -", "-");
});
writeFileSync(target, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="-1800 -900 3600 1800"><path id="land" d="${paths.join("")}"/></svg>\n`);
