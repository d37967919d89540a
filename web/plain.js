/* The entry of pages that are the server's alone (signing in): only the checks of forms. */
import "./form.js";

document.documentElement.dataset.alive = "";
