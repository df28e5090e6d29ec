import type { BuiltInScenario, CompareOptions, Comparison, Grade, LinkOptions, Race, RaceOptions, Report, RunEvents, RunOptions } from "./types.js";

export * from "./types.js";
export * from "./element.js";

/**
 * Runs a script to its end and reports on it. The same script has the same report everywhere.
 *
 * @param script - The text of a scenario.
 * @returns The report. `JSON.stringify(report, null, 2)` is what `paxos-playground run … --json` prints.
 * @throws {@link ScriptError} if the script is wrong; TypeError if an argument is of another type.
 */
export declare function run(script: string, options?: RunOptions): Promise<Report>;

/**
 * Runs a script to its end and tells every event of the run: what `paxos-playground run … --events` prints, as objects.
 *
 * @param script - The text of a scenario.
 * @throws {@link ScriptError} if the script is wrong; TypeError if an argument is of another type.
 */
export declare function events(script: string, options?: RunOptions): Promise<RunEvents>;

/**
 * Runs a script under several protocols, whatever protocol it names: by default the 5Δ, 3Δ and 2Δ variants.
 *
 * @param script - The text of a scenario.
 * @throws {@link ScriptError} if the script or the list is wrong, or one of the protocols does not understand the script.
 */
export declare function compare(script: string, options?: CompareOptions): Promise<Comparison>;

/**
 * Races a script under several protocols, by default under the whole family, and fits it to each of them.
 *
 * @param script - The text of a scenario.
 * @returns The race. `JSON.stringify(race, null, 2)` is what `paxos-playground race … --json` prints.
 * @throws {@link ScriptError} if the script, the list or a number is wrong; TypeError if an argument is of another type.
 */
export declare function race(script: string, options?: RaceOptions): Promise<Race>;

/**
 * Grades a hand-in by the script of an exercise, as `paxos-playground grade` does. What a script's own goals come to is in the
 * report of {@link run}.
 *
 * @param exercise - The text of a scenario with goals.
 * @param script - The text that was handed in; one that does not run has no points.
 * @throws {@link ScriptError} if the exercise is wrong or has no goal.
 */
export declare function grade(exercise: string, script: string): Promise<Grade>;

/** The built-in scenarios, in the order in which a reader should meet them. */
export declare function scenarios(): Promise<BuiltInScenario[]>;

/**
 * The script of a built-in scenario.
 *
 * @param name - As in {@link scenarios}: `two-proposers`.
 * @throws RangeError if there is no scenario with this name.
 */
export declare function scenario(name: string): Promise<string>;

/**
 * What follows the `#` in a link that opens a script in the playground. For a built-in scenario the link has its name instead
 * of its text.
 *
 * @param script - The text of a scenario.
 * @throws {@link ScriptError} if the script is wrong.
 */
export declare function link(script: string, options?: LinkOptions): Promise<string>;

/**
 * The script that a link opens.
 *
 * @param link - A whole link, or what follows its `#`.
 * @throws RangeError if it opens something that does not exist.
 */
export declare function script(link: string): Promise<string>;
