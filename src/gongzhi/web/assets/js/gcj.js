// WGS-84 to GCJ-02 and back, for tiles drawn in GCJ-02. Krasovsky 1940 ellipsoid, the published series.
const A = 6378245.0;
const EE = 0.006693421622965943;
const outside = (lat, lng) => lng < 72.004 || lng > 137.8347 || lat < 0.8293 || lat > 55.8271;

function wave(x, ...terms) {
  return terms.reduce((sum, [size, rate]) => sum + size * Math.sin(x * rate), 0);
}

function shift(lat, lng) {
  const x = lng - 105;
  const y = lat - 35;
  const pi = Math.PI;
  const common = (wave(x, [20, 6 * pi], [20, 2 * pi]) * 2) / 3;
  const dy = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * Math.sqrt(Math.abs(x)) + common +
    (wave(y, [20, pi], [40, pi / 3], [160, pi / 12], [320, pi / 30]) * 2) / 3;
  const dx = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * Math.sqrt(Math.abs(x)) + common +
    (wave(x, [20, pi], [40, pi / 3], [150, pi / 12], [300, pi / 30]) * 2) / 3;
  const rad = (lat / 180) * pi;
  const magic = 1 - EE * Math.sin(rad) ** 2;
  const root = Math.sqrt(magic);
  return [(dy * 180) / (((A * (1 - EE)) / (magic * root)) * pi), (dx * 180) / ((A / root) * Math.cos(rad) * pi)];
}

export function toGcj(lat, lng) {
  if (outside(lat, lng)) return [lat, lng];
  const [dlat, dlng] = shift(lat, lng);
  return [lat + dlat, lng + dlng];
}

export function toWgs(lat, lng) {
  let guess = [lat, lng];
  for (let step = 0; step < 5; step += 1) {
    const [a, b] = toGcj(...guess);
    guess = [guess[0] - (a - lat), guess[1] - (b - lng)];
  }
  return guess;
}
