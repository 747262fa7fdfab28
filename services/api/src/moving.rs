//! A connection whose peer takes what is sent to it, or is gone: one that takes nothing would keep its place among the live readers for ever,
//! as its kernel still answers.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

/// A stream that fails where nothing of what is written could leave for a while.
pub struct Moving<S> {
    stream: S,
    most: Duration,
    stuck: Option<Pin<Box<Sleep>>>,
}

impl<S> Moving<S> {
    /// Nothing may leave for so long.
    pub fn new(stream: S, most: Duration) -> Self {
        Self { stream, most, stuck: None }
    }

    /// Ready as it is; else fails once it has been pending for too long.
    fn judge<T>(&mut self, asked: Poll<io::Result<T>>, context: &mut Context<'_>) -> Poll<io::Result<T>> {
        if asked.is_ready() {
            self.stuck = None;
            return asked;
        }
        let most = self.most;
        let stuck = self.stuck.get_or_insert_with(|| Box::pin(sleep(most)));
        match stuck.as_mut().poll(context) {
            Poll::Ready(()) => {
                // Who asks again is told again.
                stuck.as_mut().reset(Instant::now());
                Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the peer takes nothing any more")))
            }
            Poll::Pending => Poll::Pending,
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Moving<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Moving<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let asked = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.judge(asked, context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let asked = Pin::new(&mut self.stream).poll_write_vectored(context, pieces);
        self.judge(asked, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let asked = Pin::new(&mut self.stream).poll_flush(context);
        self.judge(asked, context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let asked = Pin::new(&mut self.stream).poll_shutdown(context);
        self.judge(asked, context)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    #[tokio::test]
    async fn who_takes_nothing_is_gone_and_who_takes_slowly_is_not() {
        let (ours, mut theirs) = tokio::io::duplex(8);
        let mut ours = Moving::new(ours, Duration::from_secs(2));
        let reading = tokio::spawn(async move {
            let mut taken = [0; 8];
            for _ in 0..4 {
                tokio::time::sleep(Duration::from_millis(20)).await;
                theirs.read_exact(&mut taken).await.unwrap();
            }
            theirs
        });
        ours.write_all(&[7; 32]).await.unwrap();
        let _theirs = reading.await.unwrap();
        ours.write_all(&[7; 8]).await.unwrap();
        let error = ours.write_all(&[7; 8]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }
}
