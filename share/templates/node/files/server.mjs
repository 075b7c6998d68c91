import { readFile } from 'node:fs/promises'
import http from 'node:http'

const host = process.env.HOST || '127.0.0.1'
const port = Number(process.env.PORT || 3000)
const page = new URL('index.html', import.meta.url)

async function answer(request, response) {
  const path = request.url.split('?')[0]
  const send = (status, type, body) => {
    response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' })
    response.end(request.method === 'HEAD' ? undefined : body)
  }
  if (!['GET', 'HEAD'].includes(request.method)) return send(405, 'text/plain', 'Method Not Allowed\n')
  if (path !== '/') return send(404, 'text/plain', 'Not Found\n')
  send(200, 'text/html; charset=utf-8', await readFile(page)) // read each time: a reload shows every change
}

http
  .createServer((request, response) => {
    answer(request, response).catch((error) => {
      console.error(error)
      response.writeHead(500).end('Internal Server Error\n')
    })
  })
  .listen(port, host, () => console.log(`listening on http://${host}:${port}`))
