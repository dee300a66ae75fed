// The one script of every page: HTMX, Alpine (the build that needs no eval) and our small modules.
import htmx from "htmx.org";
import Alpine from "@alpinejs/csp";
import { keepElderSwitch } from "./elder.js";
import { keepDrafts } from "./drafts.js";
import { keepDesk } from "./desk.js";
import { keepDelays } from "./delay.js";
import { keepToasts } from "./toast.js";
import { keepRefusals } from "./refusals.js";
import { keepMenus } from "./menus.js";
import { keepVoices } from "./voice.js";
import { keepRedaction } from "./redact.js";

window.htmx = htmx;
window.Alpine = Alpine;
keepElderSwitch();
keepDrafts();
keepDesk();
keepDelays();
keepToasts();
keepRefusals();
keepMenus();
keepVoices();
keepRedaction();
Alpine.start();
