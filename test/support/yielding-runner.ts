/**
 * Runs tests that judge no time, at a low priority: those beside them, which do, come first. What
 * such a test starts inherits it.
 */
import { constants, getPriority, setPriority } from "node:os";
import PatientRunner from "./patient-runner.ts";

setPriority(Math.min(getPriority() + 10, constants.priority.PRIORITY_LOW));

export default class YieldingRunner extends PatientRunner {}
