-- What wrk sends, and how it tells what it measured; called by server.py: wrk ... -s http_load.lua URL -- TOKEN [BODY]

function init(args)
  wrk.headers["Authorization"] = "Bearer " .. args[1]
  if args[2] then
    wrk.method = "POST"
    wrk.headers["Content-Type"] = "application/json"
    body = args[2]
    count = 0
    request = another
  end
end

-- What is the same as before would not be written.
function another()
  count = count + 1
  return wrk.format(nil, nil, nil, (body:gsub("COUNT", count)))
end

function done(summary, latency, requests)
  local faults = summary.errors
  io.write(string.format('\n{"rate": %.3f, "p99": %.4f, "faults": %d}\n', summary.requests / summary.duration * 1e6,
    latency:percentile(99) / 1000, faults.connect + faults.read + faults.write + faults.status + faults.timeout))
end
