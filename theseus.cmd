@echo off
rem Runs Theseus on Windows; the counterpart of the POSIX script `theseus`. From a source checkout it first builds what
rem is newer than the last build; from a distribution (bin\ beside lib\) it only runs.
rem   THESEUS_JAVA_HOME   the JDK to use (otherwise JAVA_HOME, the PATH, the usual places; 25 or newer)
rem   THESEUS_JAVA_OPTS   more options for the JVM
setlocal EnableExtensions DisableDelayedExpansion

set "ROOT=%~dp0."
for %%D in ("%ROOT%") do set "ROOT=%%~fD"
set "SOURCES=yes"
if not exist "%ROOT%\pom.xml" (
  set "SOURCES=no"
  for %%D in ("%ROOT%\..") do set "ROOT=%%~fD"
)

call :find_java
if not defined JDK exit /b 2

if "%SOURCES%"=="no" (
  set "APP=%ROOT%"
  goto run
)
if /i "%~1"=="test" goto test
call :find_build
if not defined APP goto build
rem Creation time too: a file unpacked from an older archive counts as new. Directories show what was deleted.
powershell -NoProfile -ExecutionPolicy Bypass -Command ^
  "$built = (Get-Item (Join-Path $env:APP built)).LastWriteTimeUtc;" ^
  "Set-Location $env:ROOT;" ^
  "$new = Get-ChildItem -Recurse -Path pom.xml, .mvn, */pom.xml, */src/main |" ^
  "  Where-Object { $_.LastWriteTimeUtc -gt $built -or $_.CreationTimeUtc -gt $built } | Select-Object -First 1;" ^
  "if ($new) { exit 9 }"
if not errorlevel 9 goto run

:build
call :find_maven
for /f %%T in ('powershell -NoProfile -Command "Get-Date -Format yyyyMMdd-HHmmss"') do set "ID=%%T-%RANDOM%"
set "NEXT=%ROOT%\build\app\%ID%"
mkdir "%NEXT%" || exit /b 1
type nul > "%NEXT%\started"
rem One build at a time: making a directory succeeds for one of several.
set "LOCK=%ROOT%\build\lock"
mkdir "%LOCK%" 2>nul || goto locked
echo theseus: building, the first time downloads libraries ... 1>&2
if exist "%ROOT%\node\target\quick\dist" rmdir /s /q "%ROOT%\node\target\quick\dist"
pushd "%ROOT%"
set "JAVA_HOME=%JDK%"
call "%MAVEN%" -B -ntp -Dstyle.color=never -Dquick -Dmaven.test.skip=true -pl node -am package ^
  > "%ROOT%\build\build.log" 2>&1 < nul
set "STATUS=%ERRORLEVEL%"
popd
if not "%STATUS%"=="0" goto build_failed
xcopy /e /i /q /y "%ROOT%\node\target\quick\dist" "%NEXT%" > nul
rem The native kernels, where there is a Rust toolchain; everything works without them, slower.
where cargo > nul 2> nul && cargo build --release --quiet --offline --manifest-path "%ROOT%\engine\native\Cargo.toml" ^
  --target-dir "%ROOT%\engine\native\target" > "%ROOT%\build\native.log" 2>&1 < nul
if exist "%ROOT%\engine\native\target\release\theseus_kernels.dll" ^
  copy /y "%ROOT%\engine\native\target\release\theseus_kernels.dll" "%NEXT%\lib" > nul
ren "%NEXT%\started" built
> "%ROOT%\build\app\current" echo %ID%
rmdir /s /q "%LOCK%"
set "APP=%NEXT%"
rem The newest three stay, because a program may be running from one; Windows keeps open files anyway.
for /f "skip=3" %%B in ('dir /b /ad /o-n "%ROOT%\build\app"') do rmdir /s /q "%ROOT%\build\app\%%B" 2>nul

:run
rem What computes nothing needs neither the Vector API nor the optimising compiler.
set "OPTIONS=jvm"
for %%C in (cache config explain models prompts pull) do if /i "%~1"=="%%C" set "OPTIONS=ask"
"%JDK%\bin\java" "@%APP%\lib\%OPTIONS%.options" %THESEUS_JAVA_OPTS% -cp "%APP%\lib\*" io.theseus.node.Main %*
exit /b %ERRORLEVEL%

:locked
echo theseus: another start is building; try again when it is done, or delete "%LOCK%" if none is 1>&2
rmdir /s /q "%NEXT%"
exit /b 3

:build_failed
findstr /b /c:"[ERROR]" "%ROOT%\build\build.log" 1>&2
echo theseus: the build failed; the whole log is "%ROOT%\build\build.log" 1>&2
rmdir /s /q "%NEXT%"
rmdir /s /q "%LOCK%"
exit /b 1

:test
set "SKIP="
if /i "%~2"=="--fast" set "SKIP=-DskipITs"
call :find_maven
for /d %%M in ("%ROOT%\*") do (
  if exist "%%M\target\surefire-reports" rmdir /s /q "%%M\target\surefire-reports"
  if exist "%%M\target\failsafe-reports" rmdir /s /q "%%M\target\failsafe-reports"
)
pushd "%ROOT%"
set "JAVA_HOME=%JDK%"
call "%MAVEN%" -B -ntp -Dmaven.test.failure.ignore=true %SKIP% verify < nul
set "STATUS=%ERRORLEVEL%"
popd
"%JDK%\bin\java" "%ROOT%\testkit\src\main\java\io\theseus\testkit\TestSummary.java" "%ROOT%"
if errorlevel 1 exit /b 1
exit /b %STATUS%

:find_build
set "APP="
if not exist "%ROOT%\build\app\current" exit /b 0
set /p ID=<"%ROOT%\build\app\current"
if exist "%ROOT%\build\app\%ID%\built" set "APP=%ROOT%\build\app\%ID%"
exit /b 0

:find_maven
set "MAVEN=%ROOT%\mvnw.cmd"
for %%P in (mvn.cmd) do if not "%%~$PATH:P"=="" set "MAVEN=%%~$PATH:P"
exit /b 0

:find_java
set "JDK="
if not defined THESEUS_JAVA_HOME goto search_java
call :consider "%THESEUS_JAVA_HOME%"
if not defined JDK echo theseus: THESEUS_JAVA_HOME is "%THESEUS_JAVA_HOME%", which holds no JDK 25 or newer 1>&2
exit /b 0

:search_java
if defined JAVA_HOME call :consider "%JAVA_HOME%"
for %%P in (java.exe) do if not "%%~$PATH:P"=="" call :consider "%%~dp$PATH:P.."
for /d %%H in ("%ProgramFiles%\Eclipse Adoptium\*" "%ProgramFiles%\Java\*" "%ProgramFiles%\Microsoft\*" ^
  "%ProgramFiles%\Zulu\*" "%ProgramFiles%\BellSoft\*" "%ProgramFiles%\Amazon Corretto\*" "%USERPROFILE%\.jdks\*" ^
  "%LOCALAPPDATA%\Programs\Eclipse Adoptium\*") do call :consider "%%~H"
if defined JDK exit /b 0
echo theseus: no JDK 25 or newer was found. 1>&2
echo   winget install EclipseAdoptium.Temurin.25.JDK     (or https://adoptium.net) 1>&2
echo   If one is installed elsewhere: set THESEUS_JAVA_HOME=C:\path\to\the\jdk 1>&2
exit /b 0

rem Takes the home %1 if none is taken yet and its release file says 25 or more.
:consider
if defined JDK exit /b 0
if not exist "%~1\release" exit /b 0
if not exist "%~1\bin\java.exe" exit /b 0
if "%SOURCES%"=="yes" if not exist "%~1\bin\javac.exe" exit /b 0
set "MAJOR=0"
for /f "tokens=2 delims==" %%V in ('findstr /b "JAVA_VERSION=" "%~1\release"') do (
  for /f "tokens=1 delims=.+-" %%N in (%%V) do set "MAJOR=%%~N"
)
if %MAJOR% geq 25 set "JDK=%~f1"
exit /b 0
