// The behaviours of a page besides its chart. Every page reads without them.
import { startCorrections } from "./page/corrections.js";
import { startDialogs } from "./page/dialogs.js";
import { startFindings } from "./page/findings.js";
import { startIntake } from "./page/intake.js";
import { startShare } from "./page/share.js";
import { startTheme } from "./page/theme.js";

startTheme();
startDialogs();
startFindings();
startIntake(document.querySelector("[data-intake]"));
startCorrections(document.querySelector("[data-roles]"), document.querySelector("[data-config]"));
startShare(document.querySelector("[data-share]"));
