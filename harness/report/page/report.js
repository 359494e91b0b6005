/* Brings the report of a run to life. */
"use strict";
onOneAxis(pageData);
copies(document.getElementById("copy"), document.getElementById("command"), document.getElementById("copied"));
document.getElementById("download").addEventListener("click", () => {
  download(`${pageData.experiment}-${pageData.runId}.report.json`, "application/json", JSON.stringify(pageData, null, 1));
});
