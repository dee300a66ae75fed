// The map, loaded only where one is shown. <div data-map data-source="id-of-json"> reads a JSON block:
//   {outlines: [GeoJSON…], pins: [{n, lat, lng, state, title, url}], center: [lat, lng], zoom, pick: true}
// With `pick`, a press or the arrow keys set [data-map-lat] and [data-map-lng]. Coordinates are WGS-84;
// tiles in GCJ-02 (data-crs="gcj02") get their points moved at the edge, here and nowhere else.
import L from "leaflet";
import { toGcj, toWgs } from "./gcj.js";

const PICK_ZOOM = 17;

function show(box) {
  const source = JSON.parse(document.getElementById(box.dataset.source).textContent);
  const shifted = box.dataset.crs === "gcj02";
  const out = (lat, lng) => (shifted ? toGcj(lat, lng) : [lat, lng]);
  const back = (point) => (shifted ? toWgs(point.lat, point.lng) : [point.lat, point.lng]);
  box.hidden = false;
  const map = L.map(box, {
    scrollWheelZoom: false, zoomControl: false, attributionControl: Boolean(box.dataset.credit),
    keyboard: true, zoomAnimation: !calm(), fadeAnimation: !calm(), markerZoomAnimation: !calm(),
  });
  L.control.zoom({ position: "topright", zoomInTitle: box.dataset.zoomIn, zoomOutTitle: box.dataset.zoomOut }).addTo(map);
  if (map.attributionControl) map.attributionControl.setPrefix(false).addAttribution(box.dataset.credit);
  if (box.dataset.tiles) L.tileLayer(box.dataset.tiles, { maxZoom: 19 }).addTo(map);
  const bounds = L.latLngBounds([]);
  drawOutlines(map, source.outlines || [], out, bounds);
  drawPins(map, source.pins || [], out, bounds);
  if (source.center) map.setView(out(...source.center), source.zoom || PICK_ZOOM);
  else if (bounds.isValid()) map.fitBounds(bounds.pad(0.12), { maxZoom: PICK_ZOOM, animate: false });
  if (source.pick) pick(map, box, out, back);
  if (source.backdrop) drawBackdrop(map, source.backdrop, out);
}

// What lies around, fetched after the map stands; without it the map is still whole.
async function drawBackdrop(map, address, out) {
  const answer = await fetch(address, { credentials: "same-origin" }).catch(() => null);
  if (answer?.ok) drawOutlines(map, (await answer.json()).features, out, L.latLngBounds([]));
}

const calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

function drawOutlines(map, outlines, out, bounds) {
  const shape = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  outlines.forEach((outline) => {
    const layer = L.geoJSON(outline, {
      coordsToLatLng: ([lng, lat]) => L.latLng(...out(lat, lng)), interactive: false,
      style: (feature) => ({
        color: shape(feature.properties?.current ? "--gz-accent" : "--gz-map-build-line"), weight: feature.properties?.current ? 3 : 1.5,
        fillColor: shape("--gz-map-build"), fillOpacity: feature.properties?.current ? 0.1 : 0.25,
      }),
    }).addTo(map);
    bounds.extend(layer.getBounds());
  });
}

function pinIcon(label, state) {
  const mark = document.createElement("span");
  mark.textContent = label ?? "";
  return L.divIcon({ className: `gz-pin ${state ? `is-${state}` : ""}`, html: mark, iconSize: [30, 30], iconAnchor: [15, 36] });
}

function drawPins(map, pins, out, bounds) {
  pins.forEach((pin) => {
    const point = out(pin.lat, pin.lng);
    const marker = L.marker(point, { icon: pinIcon(pin.n, pin.state), title: pin.title, alt: pin.title, keyboard: true }).addTo(map);
    bounds.extend(point);
    marker.on("click keypress", (event) => {
      if (event.type === "keypress" && event.originalEvent.key !== "Enter") return;
      if (pin.url) window.location.assign(pin.url);
    });
  });
}

function pick(map, box, out, back) {
  const scope = box.closest("form") || document;
  const lat = scope.querySelector("[data-map-lat]");
  const lng = scope.querySelector("[data-map-lng]");
  const marker = L.marker(map.getCenter(), { icon: pinIcon("", ""), draggable: true, keyboard: true, alt: box.dataset.pinLabel || "" });
  const put = (point) => { marker.setLatLng(point).addTo(map); [lat.value, lng.value] = back(point).map((n) => n.toFixed(6)); tell(box); };
  if (lat.value && lng.value) { const point = L.latLng(...out(Number(lat.value), Number(lng.value))); marker.setLatLng(point).addTo(map); map.setView(point, PICK_ZOOM); }
  map.on("click", (event) => put(event.latlng));
  marker.on("dragend", () => put(marker.getLatLng()));
  document.querySelector("[data-map-here]")?.addEventListener("click", () => here(map, out, put, box));
  document.querySelector("[data-map-center]")?.addEventListener("click", () => put(map.getCenter()));
}

function here(map, out, put, box) {
  navigator.geolocation?.getCurrentPosition((place) => {
    const point = L.latLng(...out(place.coords.latitude, place.coords.longitude));
    map.setView(point, PICK_ZOOM);
    put(point);
  }, () => say(box, "no-position"), { enableHighAccuracy: true, timeout: 10000 });
}

const tell = (box) => say(box, "picked");

function say(box, state) {
  document.querySelectorAll("[data-map-state]").forEach((place) => {
    place.querySelectorAll("[data-when]").forEach((part) => { part.hidden = part.dataset.when !== state; });
  });
}

const showAll = (part) => part.querySelectorAll("[data-map]").forEach((box) => { if (box.hidden) show(box); });

showAll(document);
document.addEventListener("htmx:load", (event) => showAll(event.detail.elt.parentElement || event.detail.elt));
