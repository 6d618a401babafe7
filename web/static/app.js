// Every page works without this file: it only starts GOV.UK's own components (focus on the error summary, double-click guard).
import { initAll } from "./govuk/govuk-frontend.min.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
initAll();
