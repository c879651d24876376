// The behaviours of a page besides its chart. Every page reads without them.
import { startCorrections } from "./page/corrections.js";
import { startDialogs } from "./page/dialogs.js";
import { startFindings } from "./page/findings.js";
import { startIntake } from "./page/intake.js";
import { startRuns } from "./page/runs.js";
import { startShare } from "./page/share.js";
import { startTheme } from "./page/theme.js";

startTheme();
startDialogs();
startFindings();
startRuns(document.querySelector(".runs"));
startIntake(document.querySelector("[data-intake]"));
startCorrections(document.querySelector("[data-roles]"), document.querySelector("[data-config]"));
startShare(document.querySelector("[data-share]"));
