"""The mail server of the tests: a real SMTP server (aiosmtpd) that keeps what it gets as JSON files, and misbehaves for
some recipients, by the local part of their address:

    refused…  550 at RCPT          later…  421 at DATA, at most TIMES times (later3: three times)
    hang…     never answers DATA   drop…   takes the mail, then drops the line without an answer, at the first try
    slow…     answers DATA after a while

    test-smtp.py FOLDER [USER PASSWORD [tls]]

With a user it asks for STARTTLS (with `tls`: speaks TLS from the first byte), with a certificate of its own that it writes to
FOLDER/.certificate.pem, and for the login.
Prints the port it listens on. Each mail is FOLDER/NUMBER.json: {to, from, headers, text, html, files}, in the order in which
they came; one that was dropped or hung is kept, too, as `taken: false`.
"""

import asyncio
import base64
import datetime
import email
import email.policy
import ipaddress
import json
import pathlib
import re
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

folder = pathlib.Path(sys.argv[1])
seen = {}
numbers = iter(range(1, 1_000_000))


def keep(envelope, taken):
    message = email.message_from_bytes(envelope.content, policy=email.policy.default)
    body = {"text/plain": "", "text/html": ""}
    files = []
    for part in message.walk():
        if part.is_attachment():
            data = base64.b64encode(part.get_payload(decode=True)).decode()
            files.append({"name": part.get_filename(), "type": part.get_content_type(), "data": data})
        elif part.get_content_type() in body:
            body[part.get_content_type()] = part.get_content()
    mail = {
        "taken": taken,
        "from": envelope.mail_from,
        "to": envelope.rcpt_tos,
        "headers": [[name, str(value)] for name, value in message.items()],
        "raw": envelope.content.decode("utf-8", "replace").split("\r\n\r\n", 1)[0],
        "text": body["text/plain"],
        "html": body["text/html"],
        "files": files,
    }
    name = f"{next(numbers):06}.json"
    (folder / f".{name}").write_text(json.dumps(mail))
    (folder / f".{name}").rename(folder / name)


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("refused"):
            return "550 5.1.1 no such user here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        address = envelope.rcpt_tos[0]
        times = seen[address] = seen.get(address, 0) + 1
        if match := re.match(r"later(\d+)", address):
            if times <= int(match[1]):
                return "421 4.7.0 try again later"
        if address.startswith("hang") and times == 1:
            keep(envelope, False)
            await asyncio.sleep(3600)
        if address.startswith("drop") and times == 1:
            keep(envelope, False)
            server.transport.abort()
            await asyncio.sleep(3600)
        if address.startswith("slow"):
            await asyncio.sleep(0.05)
        keep(envelope, True)
        return "250 2.0.0 kept"


def certificate():
    """A certificate for 127.0.0.1, made for this run; in one file with its key."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.timezone.utc)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now - datetime.timedelta(days=1), now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / ".key.pem").write_bytes(secret)
    (folder / ".certificate.pem").write_bytes(made.public_bytes(pem))
    return folder / ".certificate.pem", folder / ".key.pem"


async def main():
    options = {}
    from_the_first_byte = None
    if len(sys.argv) > 2:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(*certificate())
        login = (sys.argv[2].encode(), sys.argv[3].encode())
        right = lambda server, session, envelope, mechanism, data: AuthResult(success=(data.login, data.password) == login, handled=False)
        options = {"auth_required": True, "authenticator": right}
        if sys.argv[4:] == ["tls"]:
            from_the_first_byte = context
            options |= {"auth_require_tls": False}
        else:
            options |= {"tls_context": context, "require_starttls": True}
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Handler(), enable_SMTPUTF8=True, **options), "127.0.0.1", 0, ssl=from_the_first_byte)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
