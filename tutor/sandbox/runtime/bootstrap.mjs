// The Node.js runtime inside an environment: load the handler's module, then one event after another from the
// Runtime API. It lies in /var/runtime/index.mjs. Nothing that happens in here is trusted outside.
// Behaviour, error documents and log lines follow AWS's own client for Node.js (developer guide, nodejs-handler).

import { existsSync, readFileSync, writeSync } from "node:fs";
import http from "node:http";
import nodeModule, { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { format } from "node:util";

const [HOST, PORT] = process.env.AWS_LAMBDA_RUNTIME_API.split(":");
const BASE = "/2018-06-01/runtime";
const TASK_ROOT = process.env.LAMBDA_TASK_ROOT ?? "/var/task";
const MAJOR = Number(/nodejs(\d+)/.exec(process.env.AWS_EXECUTION_ENV ?? "")?.[1] ?? 22);
const LAST_WITH_CALLBACKS = 22;
const STREAMING = Symbol.for("aws.lambda.runtime.handler.streaming");
const HIGH_WATER_MARK = Symbol.for("aws.lambda.runtime.handler.streaming.highWaterMark");
const ERROR_TYPE = "Lambda-Runtime-Function-Error-Type";
const ERROR_BODY = "Lambda-Runtime-Function-Error-Body";
const MODE = "Lambda-Runtime-Function-Response-Mode";
const agent = new http.Agent({ keepAlive: true });
const realExit = process.exit.bind(process);

class RuntimeFailure extends Error {
  constructor(name, message) {
    super(message);
    this.name = `Runtime.${name}`;
  }
}

// --- the log ---------------------------------------------------------------------------------------------------

let requestId;

/** One event of the log: what is left of its line ends are carriage returns. */
function write(text) {
  let rest = Buffer.from(`${text.replaceAll("\n", "\r")}\n`);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(1, rest));
    } catch (error) {
      if (error.code !== "EAGAIN") throw error;
    }
  }
}

/** A record as JSON: a single value keeps its shape, several become text, the first error is told by its parts. */
function jsonRecord(level, values) {
  const record = { timestamp: new Date().toISOString(), level, requestId };
  if (values.length === 1) {
    try {
      return JSON.stringify({ ...record, message: values[0] }, (_, value) => parted(value));
    } catch {
      return JSON.stringify({ ...record, message: format(values[0]) });
    }
  }
  const failure = values.find((value) => value instanceof Error);
  return JSON.stringify({ ...record, message: format(...values), ...(failure ? parted(failure) : {}) });
}

function parted(value) {
  if (!(value instanceof Error)) return value;
  const stackTrace = typeof value.stack === "string" ? value.stack.split("\n") : [];
  return { errorType: value.constructor?.name ?? "UnknownError", errorMessage: value.message, stackTrace, ...value };
}

function textRecord(level, values) {
  return `${new Date().toISOString()}\t${requestId}\t${level}\t${format(...values)}`;
}

const LEVELS = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];
const METHODS = { trace: "TRACE", debug: "DEBUG", log: "INFO", info: "INFO", warn: "WARN", error: "ERROR" };
const AS_JSON = process.env.AWS_LAMBDA_LOG_FORMAT === "JSON";
const LEAST = LEVELS.indexOf((process.env.AWS_LAMBDA_LOG_LEVEL ?? "TRACE").toUpperCase());
const record = AS_JSON ? jsonRecord : textRecord;
for (const [method, level] of Object.entries(METHODS)) {
  const heard = LEVELS.indexOf(level) >= LEAST;
  console[method] = heard ? (...values) => write(record(level, values)) : () => {};
}

/** An error with what JSON leaves out of it, as it stands in the log. */
function visible(error) {
  if (!(error instanceof Error)) return error;
  const shown = { errorType: error.name, errorMessage: error.message, code: error.code, ...error };
  return typeof error.stack === "string" ? { ...shown, stack: error.stack.split("\n") } : shown;
}

function logError(title, error) {
  if (AS_JSON) {
    write(jsonRecord("ERROR", [error]));
    return;
  }
  let text;
  try {
    text = JSON.stringify(error, (_, value) => visible(value));
  } catch {
    text = JSON.stringify(errorDocument(error));
  }
  write(textRecord("ERROR", [`${title} \t${text}`]));
}

/** What the caller gets of an error. */
function errorDocument(error) {
  try {
    if (error instanceof Error || (error && typeof error === "object" && "message" in error && "stack" in error)) {
      return { errorType: error.name, errorMessage: error.message, trace: String(error.stack).split("\n") };
    }
    return { errorType: typeof error, errorMessage: String(error), trace: [] };
  } catch {
    return { errorType: "handled", errorMessage: "the error's name, message or stack could not be read", trace: [] };
  }
}

// --- the Runtime API -------------------------------------------------------------------------------------------

function call(method, place, headers = {}, body = undefined) {
  return new Promise((resolve, reject) => {
    const options = { host: HOST, port: PORT, method, path: BASE + place, headers, agent };
    const request = http.request(options, (response) => {
      const pieces = [];
      response.on("data", (piece) => pieces.push(piece));
      response.on("end", () => resolve({ headers: response.headers, body: Buffer.concat(pieces) }));
      response.on("error", reject);
    });
    request.on("error", reject);
    request.end(body);
  });
}

function post(place, document, headers = {}) {
  const body = Buffer.from(document);
  return call("POST", place, { "Content-Type": "application/json", "Content-Length": body.length, ...headers }, body);
}

function postError(place, error) {
  const document = errorDocument(error);
  return post(place, JSON.stringify(document), { [ERROR_TYPE]: headerText(document.errorType) });
}

function headerText(text) {
  return String(text).replace(/[^\x20-\x7e]/g, "?");
}

function serialise(result) {
  try {
    return JSON.stringify(result === undefined ? null : result) ?? "null";
  } catch {
    throw new Error("Unable to stringify response body");
  }
}

// --- the handler's module --------------------------------------------------------------------------------------

async function loadHandler(name) {
  if (name.includes("..")) {
    const hint = "Use absolute paths when specifying root directories in handler names.";
    throw new RuntimeFailure("MalformedHandlerName", `'${name}' is not a valid handler name. ${hint}`);
  }
  const base = path.basename(name);
  const match = /^([^.]*)\.(.*)$/.exec(base);
  if (!match) throw new RuntimeFailure("MalformedHandlerName", "Bad handler");
  const module = await loadModule(name.slice(0, name.length - base.length), match[1]);
  const handler = match[2].split(".").reduce((found, key) => found?.[key], module);
  if (!handler) throw new RuntimeFailure("HandlerNotFound", `${name} is undefined or not exported`);
  if (typeof handler !== "function") throw new RuntimeFailure("HandlerNotFound", `${name} is not a function`);
  if (MAJOR > LAST_WITH_CALLBACKS && handler.length >= 3 && !handler[STREAMING]) {
    const advice = "You will need to modify this function to use a supported handler signature.";
    throw new RuntimeFailure(
      "CallbackHandlerDeprecated",
      `AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. ${advice}`,
    );
  }
  return handler;
}

async function loadModule(folder, name) {
  try {
    return await importModule(path.resolve(TASK_ROOT, folder, name), folder, name);
  } catch (error) {
    if (error instanceof SyntaxError) throw asRuntimeFailure("UserCodeSyntaxError", error);
    if (error?.code === "MODULE_NOT_FOUND") throw asRuntimeFailure("ImportModuleError", error);
    throw error;
  }
}

function asRuntimeFailure(name, error) {
  const failure = new RuntimeFailure(name, String(error));
  failure.stack = `${failure.name}: ${failure.message}\n${String(error.stack).split("\n").slice(1).join("\n")}`;
  return failure;
}

function importModule(file, folder, name) {
  const require = createRequire(import.meta.url);
  const module = isModule(path.dirname(file));
  const load = (found) => import(pathToFileURL(found).href);
  const ways = [
    ["", require],
    [".js", module ? load : require],
    [".mjs", load],
    [".cjs", require],
  ];
  for (const [extension, way] of ways) {
    if (existsSync(file + extension) && (extension || !existsSync(`${file}/.`))) return way(file + extension);
  }
  return require(require.resolve(name, { paths: [TASK_ROOT, path.join(TASK_ROOT, folder)] }));
}

/**
 * Have ES modules find the packages of layers, as require does: what a module's own folders lack is looked for along
 * NODE_PATH. Without a layer there is nothing to look for, and no hook.
 */
function searchLayers() {
  const folders = (process.env.NODE_PATH ?? "").split(":").filter((folder) => /^\/opt\/.*node_modules$/.test(folder));
  const parents = folders.filter(existsSync).map((folder) => pathToFileURL(`${path.dirname(folder)}/index.mjs`).href);
  if (parents.length === 0) return;
  if (nodeModule.registerHooks) {
    nodeModule.registerHooks({ resolve: (specifier, context, next) => resolved(specifier, context, next, parents) });
  } else {
    // Older releases run hooks in a thread of its own: the same function goes there as text, and awaits what comes next.
    const awaited = String(resolved).replace("function", "async function").replaceAll("return next", "return await next");
    const hook = `${awaited}; export const resolve = (...given) => resolved(...given, ${JSON.stringify(parents)});`;
    nodeModule.register?.(`data:text/javascript,${encodeURIComponent(hook)}`);
  }
}

function resolved(specifier, context, next, parents) {
  try {
    return next(specifier, context);
  } catch (error) {
    if (error.code !== "ERR_MODULE_NOT_FOUND" || /^([./]|[a-z]+:)/.test(specifier)) throw error;
    for (const parentURL of parents) {
      try {
        return next(specifier, { ...context, parentURL });
      } catch (another) {
        if (another.code !== "ERR_MODULE_NOT_FOUND") throw another;
      }
    }
    throw error;
  }
}

/** Whether the nearest package.json says that .js files are ES modules. */
function isModule(folder) {
  const file = path.join(folder, "package.json");
  if (existsSync(file)) {
    try {
      return JSON.parse(readFileSync(file)).type === "module";
    } catch (error) {
      console.warn(`${file} cannot be read, it will be ignored for ES module detection purposes.`, error);
      return false;
    }
  }
  return folder !== "/" && !folder.endsWith("/node_modules") && isModule(path.dirname(folder));
}

// --- one event -------------------------------------------------------------------------------------------------

let whenIdle = () => {}; // what to do when the event loop has nothing left
process.on("beforeExit", () => whenIdle());

function contextOf(headers) {
  const deadline = Number(headers["lambda-runtime-deadline-ms"]);
  const parsed = (name) => (headers[name] === undefined ? undefined : JSON.parse(headers[name]));
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    clientContext: parsed("lambda-runtime-client-context"),
    identity: parsed("lambda-runtime-cognito-identity"),
    invokedFunctionArn: headers["lambda-runtime-invoked-function-arn"],
    awsRequestId: headers["lambda-runtime-aws-request-id"],
    tenantId: headers["lambda-runtime-aws-tenant-id"],
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
}

function isPromise(value) {
  return typeof value?.then === "function";
}

/**
 * Run the handler once; resolves with its result, rejects with its error. When nothing is left in the event loop, an
 * async function that has not settled never will; a plain one that has not called back is done, with null.
 */
function run(handler, event, context) {
  return new Promise((resolve, reject) => {
    const settle = (error, result) => (error === undefined || error === null ? resolve(result) : reject(error));
    const callback = (error, result) => {
      const waits = context.callbackWaitsForEmptyEventLoop && (error === undefined || error === null);
      if (waits) whenIdle = () => resolve(result);
      else settle(error, result);
    };
    const isAsync = handler.constructor.name === "AsyncFunction";
    whenIdle = () => settle(isAsync ? neverSettled() : null, null);
    if (MAJOR > LAST_WITH_CALLBACKS) {
      resolve(handler(event, context));
      return;
    }
    context.done = settle;
    context.succeed = (result) => settle(null, result);
    context.fail = (error) => settle(error ?? "handled");
    const result = handler(event, context, callback);
    if (isPromise(result)) result.then(context.succeed, context.fail);
  });
}

function neverSettled() {
  const found = "The Lambda runtime client detected an unexpected Node.js exit code.";
  return new RuntimeFailure("NodeJsExit", `${found} This is most commonly caused by a Promise that was never settled.`);
}

async function answer(handler, event, context) {
  const place = `/invocation/${context.awsRequestId}`;
  let document;
  try {
    document = serialise(await run(handler, event, context));
  } catch (error) {
    logError("Invoke Error", error);
    await postError(`${place}/error`, error);
    return;
  }
  await post(`${place}/response`, document);
}

// --- streaming -------------------------------------------------------------------------------------------------

globalThis.awslambda = {
  streamifyResponse(handler, options) {
    handler[STREAMING] = "response";
    if (typeof options?.highWaterMark === "number") handler[HIGH_WATER_MARK] = Math.trunc(options.highWaterMark);
    return handler;
  },
  HttpResponseStream: {
    /** Put a status and headers in front of the body, as function URLs expect them. */
    from(stream, prelude) {
      stream.setContentType("application/vnd.awslambda.http-integration-response");
      stream.write(JSON.stringify(prelude));
      stream.write(Buffer.alloc(8));
      return stream;
    },
  },
};

function openStream(id) {
  const headers = {
    "Content-Type": "application/octet-stream",
    [MODE]: "streaming",
    Trailer: [ERROR_TYPE, ERROR_BODY],
    "Transfer-Encoding": "chunked",
  };
  let accepted;
  const done = new Promise((resolve) => {
    accepted = resolve;
  });
  const options = { host: HOST, port: PORT, method: "POST", path: `${BASE}/invocation/${id}/response`, headers, agent };
  const stream = http.request(options, (response) => {
    response.resume();
    response.on("end", accepted);
  });
  stream.on("error", accepted);
  stream.setContentType = (type) => stream.setHeader("Content-Type", type);
  return { stream, done };
}

function badStream(message) {
  return new RuntimeFailure("InvalidStreamingOperation", message);
}

async function answerStreaming(handler, event, context) {
  const { stream, done } = openStream(context.awsRequestId);
  try {
    const result = handler(event, stream, context);
    if (!isPromise(result)) throw badStream("Streaming does not support non-async handlers.");
    const idle = new Promise((_, reject) => {
      whenIdle = () => reject(neverSettled());
    });
    await Promise.race([result, idle]);
    if (!stream.writableEnded) throw badStream("Response stream is not finished.");
    await done;
  } catch (error) {
    logError("Invoke Error", error);
    await failStream(stream, done, error, context.awsRequestId);
  }
}

/** An error before the first byte is an ordinary one; afterwards it travels behind the body. */
async function failStream(stream, done, error, id) {
  if (stream.headersSent && !stream.writableEnded) {
    const document = errorDocument(error);
    stream.addTrailers({
      [ERROR_TYPE]: headerText(document.errorType),
      [ERROR_BODY]: Buffer.from(JSON.stringify(document)).toString("base64"),
    });
    stream.end();
    await done;
  } else if (stream.writableEnded) {
    await done;
  } else {
    stream.destroy();
    await postError(`/invocation/${id}/error`, error);
  }
}

// --- the life of the runtime -----------------------------------------------------------------------------------

async function serve(handler) {
  const reply = handler[STREAMING] ? answerStreaming : answer;
  for (;;) {
    await new Promise(setImmediate); // what nobody caught comes first
    if (ending) return;
    const { headers, body } = await call("GET", "/invocation/next");
    requestId = headers["lambda-runtime-aws-request-id"];
    const trace = headers["lambda-runtime-trace-id"];
    if (trace === undefined) delete process.env._X_AMZN_TRACE_ID;
    else process.env._X_AMZN_TRACE_ID = trace;
    await reply(handler, JSON.parse(body), contextOf(headers));
    whenIdle = () => {};
  }
}

let ending = false;

/** An error that nobody caught ends the runtime, after it was told. */
function endWith(title, code) {
  return (error) => {
    ending = true;
    logError(title, error);
    const target = requestId === undefined ? "/init/error" : `/invocation/${requestId}/error`;
    postError(target, error).finally(() => realExit(code));
  };
}

process.on("uncaughtException", endWith("Uncaught Exception", 129));
process.on("unhandledRejection", (reason) => {
  const error = reason instanceof Error ? reason : new Error(String(reason));
  const failure = asRuntimeFailure("UnhandledPromiseRejection", error);
  endWith("Unhandled Promise Rejection", 128)(Object.assign(failure, { reason }));
});

let handler;
try {
  searchLayers();
  handler = await loadHandler(process.env._HANDLER);
} catch (error) {
  logError("Uncaught Exception", error);
  await postError("/init/error", error);
  realExit(1);
}
await serve(handler);
