/* Brings a comparison to life. */
"use strict";
if (document.querySelector("[data-chart]") !== null) onOneAxis(pageData);
