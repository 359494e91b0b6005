/* Activates the page of a comparison. */
"use strict";
if (document.querySelector("[data-chart]") !== null) onOneAxis(pageData);
