"""A Docker engine of the test's own, which may be killed as the machine's may not: its images, its containers and its
network are apart from those of the machine's engine, so that neither harms the other.
"""
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile

from world import is_alive, wait_for

# In a network where not even the loopback device is up yet.
HOLD_NETWORK = """
import fcntl, signal, socket, struct
with socket.socket() as any_socket:
    fcntl.ioctl(any_socket, 0x8914, struct.pack('16sh14x', b'lo', 1 | 64))  # SIOCSIFFLAGS: IFF_UP | IFF_RUNNING
print('up', flush=True)
signal.pause()
"""


def reason_to_skip():
    """Why there can be no engine of one's own here, or nothing."""
    if os.geteuid() != 0:
        return 'only root can start an engine'
    if not shutil.which('dockerd'):
        return 'dockerd is not installed'
    return None


class OwnEngine:
    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='skerry-engine-'))
        self.socket = f'unix://{self.folder}/docker.sock'
        self.log = open(self.folder / 'dockerd.log', 'ab')
        self.network = subprocess.Popen(['setpriv', '--pdeathsig', 'TERM', 'unshare', '--net', 'python3', '-c', HOLD_NETWORK], stdout=subprocess.PIPE)
        assert self.network.stdout.readline() == b'up\n'
        self.daemon = None

    def within(self, *words):
        """The command in the network where the ports of the containers are."""
        return ['nsenter', f'--net=/proc/{self.network.pid}/ns/net', *words]

    def start(self, *options):
        """Waits until it answers. After a kill that may take more than one try."""
        for _ in range(5):
            self.remove_stale_pids()
            self.daemon = subprocess.Popen(
                self.within('setpriv', '--pdeathsig', 'TERM', 'dockerd', '--host', self.socket, '--data-root', f'{self.folder}/data', '--exec-root',
                            f'{self.folder}/exec', '--pidfile', f'{self.folder}/dockerd.pid', *options),
                stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, start_new_session=True)
            wait_for(lambda: self.answers() or self.daemon.poll() is not None, what='the engine answers')
            if self.answers():
                return
        raise AssertionError('the engine does not start: ' + (self.folder / 'dockerd.log').read_text()[-3000:])

    def kill(self):
        """As if the machine had no mercy: what the engine knew of the moment is lost."""
        self.daemon.kill()
        self.daemon.wait()

    def restart(self, *options):
        """As an init system would, with other options."""
        self.daemon.terminate()
        self.daemon.wait(120)
        self.start(*options)

    def start_if_dead(self):
        if not self.daemon or self.daemon.poll() is not None:
            self.start()

    def remove_stale_pids(self):
        for name in ('dockerd.pid', 'exec/containerd/containerd.pid'):
            file = self.folder / name
            if file.exists() and not is_alive(int(file.read_text() or '0')):
                file.unlink()

    def answers(self):
        return subprocess.run(['docker', '--host', self.socket, 'version'], capture_output=True).returncode == 0

    def docker(self, *words, **more):
        return subprocess.run(['docker', '--host', self.socket, *words], capture_output=True, text=True, check=True,
                              timeout=300, **more).stdout.strip()

    def take_images(self, *names):
        """From the machine's engine."""
        saving = subprocess.Popen(['docker', 'save', *names], stdout=subprocess.PIPE)
        self.docker('load', stdin=saving.stdout)
        assert saving.wait() == 0

    def end(self):
        """It and all that ran in it."""
        try:
            self.start_if_dead()
            left = self.docker('ps', '-aq').split()
            if left:
                self.docker('rm', '--force', *left)
        finally:
            self.daemon.send_signal(signal.SIGTERM)
            self.daemon.wait(60)
            self.network.kill()
            self.network.communicate()
            self.log.close()
            # An engine mounts its folder onto itself, and one that is killed leaves that.
            while subprocess.run(['umount', '--lazy', f'{self.folder}/data'], stderr=subprocess.DEVNULL).returncode == 0:
                pass
            shutil.rmtree(self.folder, ignore_errors=True)
