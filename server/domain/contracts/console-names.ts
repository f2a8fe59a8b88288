/** How sources and flows that were added in the product are named among the contract files. */

/** Ids of the Sources documents of the product begin with this. */
const DOCUMENT_PREFIX = 'console-';
const FOLDER = 'console/';

/** The name under which a source of the product appears among the contract files. */
export const consoleSourceFile = (id: string) => `${FOLDER}sources/${id}`;
/** The name under which a flow of the product appears among the contract files. */
export const consoleFlowFile = (id: string) => `${FOLDER}flows/${id}`;
/** Files of the contract folder end in `.yaml` or `.yml`, those of the product never do: a folder `console` is no matter. */
export const isConsoleFile = (file: string) => file.startsWith(FOLDER) && !/\.ya?ml$/i.test(file);
/** The id of the Sources document of one source of the product. */
export const consoleSourcesId = (id: string) => `${DOCUMENT_PREFIX}${id}`;
/** Whether a Sources document is one of the product. */
export const isConsoleSources = (documentId: string) => documentId.startsWith(DOCUMENT_PREFIX);
