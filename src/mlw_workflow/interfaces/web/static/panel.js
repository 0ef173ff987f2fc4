// Everything works without this. It moves the focus to what went wrong, keeps a form from being sent twice by a double
// click, and opens the menu on small windows.
import { initAll } from "./govuk-frontend.min.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
initAll();
